import { UsageError } from '../errors.ts';
import { type Census, takeCensus } from '../etcd/census.ts';
import { isSignedBy, readCertificates } from '../etcd/certificate.ts';
import { type EtcdMember, openEtcd } from '../etcd/client.ts';
import type { EncryptionConfiguration } from '../etcd/encryption/configuration.ts';
import { EtcdError } from '../etcd/etcd-error.ts';
import { sampleSecrets, type SecretSample } from '../etcd/secret-sample.ts';
import { toStoragePrefix } from '../etcd/storage-key.ts';
import { surveyEtcd } from '../etcd/survey.ts';
import type { ChosenFact } from '../kube/etcd/choice.ts';
import { wipeCredentials } from '../kube/etcd/credentials.ts';
import { etcdExport } from '../report/etcd-export.ts';
import { judgeEtcd } from '../report/etcd-judgement.ts';
import type { EtcdReport, ReportedFact } from '../report/etcd-report.ts';
import { etcdStatusDocument } from '../report/etcd-status-json.ts';
import { etcdStatusText } from '../report/etcd-status-text.ts';
import { complain, complainOf } from './complaint.ts';
import { type ReachedEtcd, reachEtcd } from './etcd-discovery.ts';
import { readStorage } from './etcd-storage.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';

/** What was read of the records. */
interface Contents {
  readonly members: readonly EtcdMember[];
  readonly secrets: SecretSample | null;
  readonly census: Census | null;
  readonly error: unknown;
}

function factOf(given: unknown, found: ChosenFact | null | undefined): ReportedFact | null {
  return typeof given === 'string' ? { value: given, given: true } : (found ?? null);
}

async function readContents(
  { connection }: ReachedEtcd,
  configuration: EncryptionConfiguration | null,
  prefix: string,
  { timeout, census }: { timeout: number; census: boolean },
): Promise<Contents> {
  let [members, secrets, counted]: [EtcdMember[], SecretSample | null, Census | null] = [[], null, null];
  try {
    await using client = await openEtcd(connection, { timeout });
    members = await client.members();
    secrets = await sampleSecrets(client, prefix, configuration);
    const root = toStoragePrefix(prefix);
    if (census) counted = await takeCensus(client.range(root), configuration, { prefixes: [root] });
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    return { members, secrets, census: counted, error };
  }
  return { members, secrets, census: counted, error: null };
}

/** What is told of the connection, before anybody is asked. */
function describe(reached: ReachedEtcd, options: OutputOptions): EtcdReport {
  const { connection, settings, found, credentials } = reached;
  const { client = null } = credentials ?? {};
  const cert = connection.cert === undefined ? null : Buffer.from(connection.cert);
  const ca = connection.ca === undefined ? null : Buffer.from(connection.ca);
  const own = settings.cert !== undefined;
  const given = connection.endpoints.join(',');
  return {
    found,
    endpoints: factOf(settings.endpoints, found?.choice.endpoints) ?? { value: given, given: true },
    caFile: factOf(settings.cacert, found?.choice.caFile),
    certFile: factOf(settings.cert, client?.certFile),
    keyFile: factOf(settings.key, client?.keyFile),
    owner: own ? null : (client?.owner ?? null),
    certificate: cert === null ? null : (readCertificates(cert)[0] ?? null),
    signedByCa: cert === null || ca === null ? null : isSignedBy(cert, ca),
    prefix: factOf(options['prefix'], found?.choice.prefix),
    encryptionConfig: factOf(options['encryptionConfig'], found?.choice.encryptionConfig),
    surveys: [],
    members: [],
    secrets: null,
    census: null,
    findings: [...(found?.findings ?? []), ...(credentials?.findings ?? [])],
  };
}

function codeOf({ surveys, findings }: EtcdReport, error: unknown): number {
  const failed = surveys.flatMap((survey) => (survey.error === null ? [] : [survey.error]));
  if (failed.length === surveys.length) return exitCodeOf(failed[0]);
  if (error !== null) return exitCodeOf(error);
  const unread = findings.some(({ code }) => code.startsWith('unreadable-'));
  return failed.length > 0 || unread ? EXIT.incomplete : EXIT.done;
}

async function report(reached: ReachedEtcd, options: OutputOptions): Promise<{ report: EtcdReport; error: unknown }> {
  const described = describe(reached, options);
  const timeout = parseMilliseconds('--timeout', options['timeout']);
  const { configuration, prefix, findings } = await readStorage(options, reached);
  const surveys = await surveyEtcd(reached.connection, { timeout });
  const answers = surveys.some(({ status }) => status !== null);
  const { error, ...contents } = answers
    ? await readContents(reached, configuration, prefix, { timeout, census: options['census'] === true })
    : { members: [], secrets: null, census: null, error: null };
  const all = { ...described, surveys, ...contents, findings: [...described.findings, ...findings] };
  return { report: { ...all, findings: [...all.findings, ...judgeEtcd(all, Date.now())] }, error };
}

/** `podprobe etcd status`. */
export async function runEtcdStatus(options: OutputOptions): Promise<number> {
  if (options['export'] === true && (options['json'] === true || options['census'] === true))
    throw new UsageError('--export', 'goes with neither --json nor --census');
  const reached = await reachEtcd(options);
  try {
    if (options['export'] === true) {
      const described = describe(reached, options);
      complainOf(described.findings);
      print(etcdExport(described));
      return EXIT.done;
    }
    const { report: told, error } = await report(reached, options);
    if (options['json'] === true) printJson(etcdStatusDocument(told));
    else print(etcdStatusText(told, terminalStyle()));
    if (error !== null) complain(error);
    return codeOf(told, error);
  } finally {
    if (reached.credentials !== null) wipeCredentials(reached.credentials);
  }
}
