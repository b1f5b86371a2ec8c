import { TargetError, UsageError } from '../errors.ts';
import { openEtcd } from '../etcd/client.ts';
import { toStorageKey, toStoragePrefix } from '../etcd/storage-key.ts';
import { openApi } from '../kube/api/client.ts';
import { readApiCredentials } from '../kube/api/credentials.ts';
import { describeFinding, type Finding } from '../kube/finding.ts';
import { findKubelet } from '../kube/kubelet.ts';
import type { PodList } from '../kube/pod-list.ts';
import type { ClusterView } from '../trail/cluster.ts';
import type { KnownSecret } from '../trail/known-secret.ts';
import { readClusterFromApi } from '../trail/truth/cluster-from-api.ts';
import { type PodsWanted, readClusterFromEtcd } from '../trail/truth/cluster-from-etcd.ts';
import { readSecretFromApi } from '../trail/truth/from-api.ts';
import { readSecretFromEtcd } from '../trail/truth/from-etcd.ts';
import type { SecretName } from '../trail/truth/secret-name.ts';
import { reachRecords } from './etcd-reader.ts';
import { toDecodeOptions } from './etcd-record.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import type { OutputOptions } from './output.ts';

/** Who keeps the Secrets and pods of the cluster, and can be asked. */
export interface ClusterRecord extends AsyncDisposable {
  readonly readSecret: (name: SecretName) => Promise<KnownSecret>;
  /** Values only of what concerns `secret`; null: of all that the pods use. */
  readonly readCluster: (pods: PodList, secret: SecretName | null) => Promise<ClusterView>;
  /** Something comes with each change of a Secret; null where nobody tells. */
  readonly watchSecret: ((name: SecretName, signal: AbortSignal) => AsyncIterable<unknown>) | null;
}

/** By their names, which are keys of etcd; where one has none, all pods are looked through. */
function wantedOf({ pods }: PodList): PodsWanted {
  const named = pods.flatMap(({ namespace, name, uid }) =>
    namespace === null || name === null ? [] : [{ namespace, name, uid }],
  );
  return named.length === pods.length ? { pods: named } : { podUids: new Set(pods.map(({ uid }) => uid)) };
}

async function openEtcdRecord(options: OutputOptions): Promise<ClusterRecord> {
  const { connection, storage } = await reachRecords(options);
  const { configuration = null, kmsDek = null } = toDecodeOptions(options, storage);
  const reading = { configuration, kmsDek, prefix: storage.prefix };
  const client = await openEtcd(connection, { timeout: parseMilliseconds('--timeout', options['timeout']) });
  const keyOf = (name: SecretName): string =>
    toStorageKey({ prefix: toStoragePrefix(storage.prefix), resource: 'secrets', ...name });
  return {
    readSecret: (name) => readSecretFromEtcd(client, name, reading),
    readCluster: (pods, secret) =>
      readClusterFromEtcd(client, wantedOf(pods), { ...reading, ...(secret === null ? {} : { secret }) }),
    watchSecret: (name, signal) => client.watch(keyOf(name), { signal }),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function openApiRecord(options: OutputOptions): Promise<ClusterRecord> {
  const timeout = parseMilliseconds('--timeout', options['timeout']);
  using credentials = await readApiCredentials(await findKubelet({ timeout }), { timeout });
  const { connection, nodeName, findings } = credentials;
  if (connection === null) {
    const reasons = findings.map(describeFinding).join('; ');
    throw new TargetError('ERR_TARGET_UNKNOWN', `no API server is known on this node (${reasons})`, []);
  }
  const api = await openApi(connection, { timeout });
  return {
    readSecret: (name) => readSecretFromApi(api, name),
    readCluster: (_, secret) => readClusterFromApi(api, nodeName, secret === null ? {} : { secret }),
    watchSecret: null,
    [Symbol.asyncDispose]: () => Promise.resolve(api.close()),
  };
}

/** What no other source would cure. */
const FATAL: readonly number[] = [EXIT.bug, EXIT.usage];
const OPENERS = { etcd: openEtcdRecord, api: openApiRecord };

function chosenOf(options: OutputOptions): (keyof typeof OPENERS)[] {
  const { source, endpoints } = options;
  if (source === 'etcd' || source === 'api') return [source];
  if (source !== undefined) throw new UsageError('--source', `must be etcd or api, not '${String(source)}'`);
  // who names an etcd wants no other
  return endpoints === undefined ? ['etcd', 'api'] : ['etcd'];
}

/**
 * The first of etcd and the API that can be asked, with what it says of the pods of this node. Null where none can, unless one
 * was asked for: then its error is thrown. Why another was not used is a finding.
 */
export async function openRecord(
  options: OutputOptions,
  look: (record: ClusterRecord) => Promise<ClusterView>,
): Promise<{ record: ClusterRecord | null; cluster: ClusterView | null; findings: Finding[] }> {
  const chosen = chosenOf(options);
  const findings: Finding[] = [];
  for (const source of chosen) {
    let record: ClusterRecord | null = null;
    try {
      record = await OPENERS[source](options);
      return { record, cluster: await look(record), findings };
    } catch (error) {
      await record?.[Symbol.asyncDispose]();
      if (chosen.length === 1 || FATAL.includes(exitCodeOf(error))) throw error;
      findings.push({ code: `no-${source}`, message: (error as Error).message });
    }
  }
  return { record: null, cluster: null, findings };
}
