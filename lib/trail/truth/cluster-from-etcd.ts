import { type DecodeOptions, decodeRecord } from '../../etcd/decode.ts';
import { isPod, type StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { EtcdReader, EtcdRecord } from '../../etcd/record.ts';
import { toResource } from '../../etcd/resource-places.ts';
import { toStorageKey, toStoragePrefix } from '../../etcd/storage-key.ts';
import type { Finding } from '../../kube/finding.ts';
import type { ClusterView } from '../cluster.ts';
import { gatherCluster, type GatherOptions } from './cluster-gathering.ts';
import { isPossibleName, type ObjectReader } from './object-reader.ts';

/** A pod whose name is known. */
export interface PodReference {
  /** Of the pod. */
  readonly namespace: string;
  /** Of the pod. */
  readonly name: string;
  /** Another pod of the same name is not meant. */
  readonly uid: string;
}

/** Pods by their names, each read by its key: the quickest. */
export interface NamedPods {
  /** Which. */
  readonly pods: readonly PodReference[];
}

/** Pods by their uids, looked for among all pods of the cluster. */
export interface PodsByUid {
  /** Such as those of which there are control groups on this node. */
  readonly podUids: ReadonlySet<string>;
}

/** Pods that are bound to a node, looked for in the same way. It proves less: a node can be called otherwise than it says. */
export interface PodsOfNode {
  /** As the cluster calls it. */
  readonly nodeName: string;
}

/** Which pods are meant. */
export type PodsWanted = NamedPods | PodsByUid | PodsOfNode;

/** What {@link readClusterFromEtcd} may be told. */
export interface EtcdClusterOptions extends Omit<DecodeOptions, 'prefixes'>, GatherOptions {
  /** kube-apiserver's `--etcd-prefix`. Default: `/registry`. */
  readonly prefix?: string;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

const MOST_PODS = 4096;
/** Kubernetes is made for 150,000 pods in a cluster. */
const MOST_RECORDS = 500_000;

/** Reads objects as kube-apiserver keeps them. */
class ObjectStore {
  readonly reader: EtcdReader;
  readonly prefix: string;
  readonly wait: { readonly signal?: AbortSignal };
  readonly #keys: DecodeOptions;

  constructor(reader: EtcdReader, { prefix = '/registry', signal, configuration, kmsDek }: EtcdClusterOptions) {
    this.reader = reader;
    this.prefix = toStoragePrefix(prefix);
    this.wait = signal === undefined ? {} : { signal };
    this.#keys = { prefixes: [this.prefix], configuration: configuration ?? null, kmsDek: kmsDek ?? null };
  }

  /** A pod by its record; a text says why it cannot be read. */
  async toPod(record: EtcdRecord): Promise<StoredPod | string> {
    const { object, problem } = await decodeRecord(record, this.#keys);
    return isPod(object) ? object : (problem?.message ?? 'it is no Pod');
  }

  readonly read: ObjectReader = async ({ apiVersion, kind, namespace, name }) => {
    if (![namespace, name].every(isPossibleName)) return { object: null, problem: null };
    const [group, version] = apiVersion.split('/');
    const resource = toResource(version === undefined ? kind : `${kind}.${group}`);
    const key = toStorageKey({ prefix: this.prefix, resource, namespace, name });
    const record = await this.reader.get(key, this.wait);
    if (record === null) return { object: null, problem: null };
    const { object, problem } = await decodeRecord(record, this.#keys);
    return problem === null ? { object, problem } : { object: null, problem: problem.message };
  };
}

async function* recordsOf({ reader, prefix, wait }: ObjectStore, wanted: PodsWanted): AsyncGenerator<EtcdRecord, void> {
  if (!('pods' in wanted)) return yield* reader.range(`${prefix}pods/`, wait);
  for (const { namespace, name } of wanted.pods) {
    const record = await reader.get(toStorageKey({ prefix, resource: 'pods', namespace, name }), wait);
    if (record !== null) yield record;
  }
}

const ENCRYPTED = Buffer.from('k8s:enc:');

/** Which pods are meant, as they are, and by the bytes that one must have in it: reading it takes 100 times as long. */
class PodFilter {
  readonly #nodeName: string | null;
  readonly #uids: ReadonlySet<string>;
  readonly #marks: readonly Buffer[];

  constructor(wanted: PodsWanted) {
    this.#nodeName = 'nodeName' in wanted ? wanted.nodeName : null;
    const uids = 'pods' in wanted ? new Set(wanted.pods.map(({ uid }) => uid)) : undefined;
    this.#uids = 'podUids' in wanted ? wanted.podUids : (uids ?? new Set());
    this.#marks = [...(this.#nodeName === null ? this.#uids : [this.#nodeName])].map((mark) => Buffer.from(mark));
  }

  mayTake({ value }: EtcdRecord): boolean {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return bytes.subarray(0, ENCRYPTED.length).equals(ENCRYPTED) || this.#marks.some((mark) => bytes.includes(mark));
  }

  takes({ nodeName, metadata }: StoredPod): boolean {
    return this.#nodeName === null ? this.#uids.has(metadata.uid) : nodeName === this.#nodeName;
  }
}

async function readPods(store: ObjectStore, wanted: PodsWanted): Promise<{ pods: StoredPod[]; findings: Finding[] }> {
  const filter = new PodFilter(wanted);
  const pods: StoredPod[] = [];
  const problems: string[] = [];
  let count = 0;
  for await (const record of recordsOf(store, wanted)) {
    if (pods.length === MOST_PODS || count === MOST_RECORDS) {
      const message = `${pods.length} pods were taken from ${count} records: there are more, which were left out`;
      return { pods, findings: [{ code: 'too-many-pods', message }] };
    }
    count += 1;
    if (!filter.mayTake(record)) continue;
    const pod = await store.toPod(record);
    if (typeof pod === 'string') problems.push(`'${Buffer.from(record.key).toString()}': ${pod}`);
    else if (filter.takes(pod)) pods.push(pod);
  }
  const message = `${problems.length} pods could not be read, which may be of this node, such as ${problems[0]}`;
  return { pods, findings: problems.length === 0 ? [] : [{ code: 'unreadable-pod', message }] };
}

/**
 * Reads from etcd which pods are on a node, which Secrets and ConfigMaps they use and what those hold now, and what the pods
 * belong to.
 *
 * It holds up to 4,096 pods and 64 MiB of values; what is beyond that, or cannot be read, is a finding, and its values are not
 * known. Errors: those of the reader; a UsageError.
 */
export async function readClusterFromEtcd(
  reader: EtcdReader,
  wanted: PodsWanted,
  options: EtcdClusterOptions = {},
): Promise<ClusterView> {
  const store = new ObjectStore(reader, options);
  const { pods, findings } = await readPods(store, wanted);
  return gatherCluster({ source: 'etcd', pods, read: store.read, findings }, options);
}
