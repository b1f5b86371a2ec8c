import { isConfigMap, type StoredObject, valuesOf } from '../../etcd/kubernetes/objects.ts';
import type { StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { Finding } from '../../kube/finding.ts';
import { mapSideBySide } from '../../kube/side-by-side.ts';
import type { ClusterView, ObjectValues } from '../cluster.ts';
import type { ObjectReader } from './object-reader.ts';
import { findOwners } from './owners.ts';
import { type UsedObject, usedObjects, usesSecret } from './references.ts';
import type { SecretName } from './secret-name.ts';

/** What the values of a cluster view are of. */
export interface GatherOptions {
  /** Values only of what pods use that use this Secret, too: the others are not known. Default: of all pods. */
  readonly secret?: SecretName;
}

/** Where a view is made from. */
export interface Gathered {
  readonly source: 'etcd' | 'api';
  readonly pods: readonly StoredPod[];
  readonly read: ObjectReader;
  readonly findings: readonly Finding[];
}

const MOST_OBJECTS = 8192;
const MOST_BYTES = 2 ** 26;
const MOST_FINDINGS = 32;
const AT_ONCE = 8;
const KINDS = { secret: 'Secret', configMap: 'ConfigMap' } as const;

function keyOf({ of, namespace, name }: UsedObject): string {
  return `${of} ${namespace}/${name}`;
}

/** What kubelet makes variables of: of a ConfigMap only `data`, not `binaryData`. */
function variablesOf(object: StoredObject | null): ReadonlyMap<string, Buffer> | null {
  if (!isConfigMap(object)) return valuesOf(object);
  return new Map([...object.data].map(([key, text]) => [key, Buffer.from(text)]));
}

/** Values of objects, as many as there is room for. */
class HeldValues implements Disposable {
  readonly findings: Finding[] = [];
  readonly #read: ObjectReader;
  readonly #values = new Map<string, ObjectValues>();
  #bytes = 0;
  #unread = 0;
  #closed = false;

  constructor(read: ObjectReader) {
    this.#read = read;
  }

  get(of: UsedObject['of'], namespace: string, name: string): ObjectValues {
    return this.#values.get(keyOf({ of, namespace, name }));
  }

  async add(one: UsedObject): Promise<void> {
    if (this.#bytes > MOST_BYTES)
      return this.#leaveOut(one, `more than ${MOST_BYTES} bytes of values were read before`);
    const { of, namespace, name } = one;
    const { object, problem } = await this.#read({ apiVersion: 'v1', kind: KINDS[of], namespace, name });
    if (problem !== null) return this.#leaveOut(one, problem);
    const values = variablesOf(object);
    if (object !== null && values === null) return this.#leaveOut(one, 'something else has its place');
    for (const value of values?.values() ?? []) this.#bytes += value.length;
    this.#values.set(keyOf(one), values);
    if (this.#closed) this[Symbol.dispose]();
  }

  /** Says of the first ones why, and of the others how many they are. */
  finish(): void {
    const more = this.#unread - MOST_FINDINGS;
    if (more > 0) this.findings.push({ code: 'unread-object', message: `${more} more objects were not read` });
  }

  /** What is still being read when one fails is overwritten when it comes. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const values of this.#values.values()) for (const value of values?.values() ?? []) value.fill(0);
  }

  #leaveOut({ of, namespace, name }: UsedObject, why: string): void {
    this.#unread += 1;
    if (this.#unread > MOST_FINDINGS) return;
    const message = `${KINDS[of]} ${namespace}/${name}, which a pod uses, was not read: ${why}`;
    this.findings.push({ code: 'unread-object', message });
  }
}

async function readValues(pods: readonly StoredPod[], read: ObjectReader): Promise<HeldValues> {
  const used = new Map(pods.flatMap(usedObjects).map((one) => [keyOf(one), one]));
  const held = new HeldValues(read);
  try {
    await mapSideBySide([...used.values()].slice(0, MOST_OBJECTS), AT_ONCE, (one) => held.add(one));
  } catch (error) {
    held[Symbol.dispose]();
    throw error;
  }
  held.finish();
  if (used.size > MOST_OBJECTS) {
    const message = `only ${MOST_OBJECTS} of ${used.size} Secrets and ConfigMaps that pods use were read`;
    held.findings.push({ code: 'too-many-objects', message });
  }
  return held;
}

/** Reads what pods use, and what they belong to. */
export async function gatherCluster(from: Gathered, { secret }: GatherOptions): Promise<ClusterView> {
  const { source, pods, read } = from;
  const { owners, findings } = await findOwners(pods, read);
  const held = await readValues(secret === undefined ? pods : pods.filter((pod) => usesSecret(pod, secret)), read);
  return {
    source,
    pods,
    valuesOf: (of, namespace, name) => held.get(of, namespace, name),
    ownerOf: ({ metadata }) => owners.get(metadata.uid) ?? null,
    findings: [...from.findings, ...held.findings, ...findings],
    [Symbol.dispose]: () => held[Symbol.dispose](),
  };
}
