import type { EtcdClient } from '../../etcd/client.ts';
import { type HistoryOptions, readRecordHistory, type RecordHistory, type RecordVersion } from '../../etcd/history.ts';
import { isSecret } from '../../etcd/kubernetes/objects.ts';
import { RecordError } from '../../etcd/record-error.ts';
import { toStorageKey, toStoragePrefix } from '../../etcd/storage-key.ts';
import type { Finding } from '../../kube/finding.ts';
import type { KnownSecret } from '../known-secret.ts';
import { toKnown } from './known.ts';
import { noSuchSecret, type SecretName } from './secret-name.ts';
import { appliedBefore, keyTimesOf, type RetainedSecret, toVersion } from './versions.ts';

/** What {@link readSecretFromEtcd} may be told. */
export interface EtcdTruthOptions extends Omit<HistoryOptions, 'prefixes'> {
  /** kube-apiserver's `--etcd-prefix`. Default: `/registry`. */
  readonly prefix?: string;
}

const USUAL_PREFIX = '/registry';
const MOST_NAMES = 1000;

/** Null where the Secret was deleted, or could not be read. */
function toRetained({ revision, event, record }: RecordVersion): RetainedSecret | null {
  if (record === null || !isSecret(record.object)) return null;
  return { secret: record.object, revision, isFirst: event === 'created' || event === 'recreated' };
}

function problemOf({ record }: RecordVersion): string | null {
  if (record === null || isSecret(record.object)) return null;
  return record.problem?.message ?? 'it is no Secret';
}

/** Without the newest version nothing can be said of any value: it may be the current one again. */
function checkNewest(newest: RecordVersion, key: string): void {
  const problem = problemOf(newest);
  if (problem === null) return;
  const code = newest.record?.problem?.code ?? 'ERR_RECORD_UNSUPPORTED';
  throw new RecordError(code, `etcd's record '${key}', revision ${newest.revision}: ${problem}`);
}

function judgeHistory(versions: readonly RecordVersion[], key: string): Finding[] {
  const unreadable = versions.flatMap((version): Finding[] => {
    const problem = problemOf(version);
    const message = `revision ${version.revision} could not be read: ${problem}`;
    return problem === null ? [] : [{ code: 'unreadable-version', message, path: key }];
  });
  const last = versions.at(-1);
  if (last?.event !== 'deleted') return unreadable;
  return [...unreadable, { code: 'deleted-secret', message: `it was deleted in revision ${last.revision}`, path: key }];
}

async function namesBeside(client: EtcdClient, directory: string, signal: AbortSignal | undefined): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of client.range(directory, {
    keysOnly: true,
    pageSize: MOST_NAMES,
    ...(signal && { signal }),
  })) {
    names.push(Buffer.from(key).toString().split('/').slice(-2).join('/'));
    if (names.length === MOST_NAMES) break;
  }
  return names;
}

function toSecret(name: SecretName, key: string, { versions, compactRevision, truncated }: RecordHistory): KnownSecret {
  const newest = versions.at(-1) as RecordVersion;
  checkNewest(newest, key);
  const retained = versions.map(toRetained);
  const readable = retained.filter((one) => one !== null);
  const [oldest] = readable;
  // one that was just made held nothing before
  const before = oldest === undefined || oldest.isFirst ? null : appliedBefore(oldest.secret, 'etcd');
  const findings = judgeHistory(versions, key);
  return toKnown({
    ...name,
    uid: readable.at(-1)?.secret.metadata.uid ?? null,
    versions: [
      ...(before === null ? [] : [before]),
      ...readable.map((one) => toVersion(one, 'etcd', one.revision === newest.revision)),
    ],
    complete: compactRevision === null && !truncated && !findings.some(({ code }) => code === 'unreadable-version'),
    keyTimes: keyTimesOf(retained),
    findings,
  });
}

/**
 * Reads a Secret, with every version of it that etcd has kept: what it held in the last five to ten minutes, and before. Where
 * `kubectl apply` made it, what that wrote is one more, whenever that was.
 *
 * It is complete only where etcd was never compacted: else an older Secret of the same name may be gone without a trace. A
 * version that cannot be read is a finding.
 *
 * Errors: those of the client; a RecordError, where what it holds now cannot be read; a TargetError, where there is no such
 * Secret, and none was deleted of late; a UsageError.
 */
export async function readSecretFromEtcd(
  client: EtcdClient,
  { namespace, name }: SecretName,
  options: EtcdTruthOptions = {},
): Promise<KnownSecret> {
  const { prefix: told = USUAL_PREFIX, ...others } = options;
  const prefix = toStoragePrefix(told);
  const key = toStorageKey({ prefix, resource: 'secrets', namespace, name });
  const history = await readRecordHistory(client, key, { ...others, prefixes: [prefix] });
  if (history.versions.length > 0) return toSecret({ namespace, name }, key, history);
  const names = await namesBeside(client, `${prefix}secrets/${namespace}/`, options.signal);
  throw noSuchSecret({ namespace, name }, `etcd (${client.source}), by its key '${key}'`, names);
}
