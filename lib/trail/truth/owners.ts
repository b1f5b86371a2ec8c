import type { ObjectMeta, OwnerReference } from '../../etcd/kubernetes/objects.ts';
import type { StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { Finding } from '../../kube/finding.ts';
import { mapSideBySide } from '../../kube/side-by-side.ts';
import type { ObjectReader } from './object-reader.ts';

const MOST_LEVELS = 3;
const AT_ONCE = 4;
/** What can be restarted as it is: whoever made it does not matter. */
const WORKLOADS = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'batch/CronJob']);

/** Source: kubernetes, apimachinery/pkg/apis/meta/v1, GetControllerOf. */
function controllerOf({ ownerReferences }: ObjectMeta): OwnerReference | null {
  return ownerReferences.find(({ controller }) => controller === true) ?? null;
}

function isWorkload({ apiVersion, kind }: OwnerReference): boolean {
  return WORKLOADS.has(`${apiVersion.split('/')[0]}/${kind}`);
}

/** Finds what pods belong to, asking once for each owner. Kinds that may not be read are asked for once, and a finding. */
class OwnerFinder {
  readonly findings: Finding[] = [];
  readonly #read: ObjectReader;
  readonly #known = new Map<string, Promise<OwnerReference | null>>();
  readonly #unread = new Set<string>();

  constructor(read: ObjectReader) {
    this.#read = read;
  }

  async find({ metadata }: StoredPod): Promise<string | null> {
    let owner: OwnerReference | null = null;
    let next = controllerOf(metadata);
    for (let level = 0; next !== null && level < MOST_LEVELS; level++) {
      owner = next;
      next = isWorkload(owner) ? null : await this.#above(owner, metadata.namespace);
    }
    return owner === null ? null : `${owner.kind.toLowerCase()}/${owner.name}`;
  }

  #above(owner: OwnerReference, namespace: string): Promise<OwnerReference | null> {
    const known = this.#known.get(owner.uid) ?? this.#ask(owner, namespace);
    this.#known.set(owner.uid, known);
    return known;
  }

  async #ask({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): Promise<OwnerReference | null> {
    const of = `${apiVersion} ${kind}`;
    if (this.#unread.has(of)) return null;
    const { object, problem } = await this.#read({ apiVersion, kind, namespace, name });
    if (problem !== null && !this.#unread.has(of)) {
      this.#unread.add(of);
      const message = `what a ${kind} belongs to is not known, since none may be read: ${problem}`;
      this.findings.push({ code: 'unknown-owner', message });
    }
    // another of the same name is none of the pod's
    return object !== null && object.metadata.uid === uid ? controllerOf(object.metadata) : null;
  }
}

/** What each of some pods belongs to, by the controllers that they name; nothing is concluded from names. */
export async function findOwners(
  pods: readonly StoredPod[],
  read: ObjectReader,
): Promise<{ owners: Map<string, string | null>; findings: readonly Finding[] }> {
  const finder = new OwnerFinder(read);
  const found = await mapSideBySide(pods, AT_ONCE, (pod) => finder.find(pod));
  const owners = new Map(pods.map(({ metadata }, i) => [metadata.uid, found[i] ?? null]));
  return { owners, findings: finder.findings };
}
