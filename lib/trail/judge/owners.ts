import type { PodList } from '../../kube/pod-list.ts';
import type { ClusterView } from '../cluster.ts';
import type { ExpectedContainer } from '../expectation.ts';
import type { HolderContainer } from '../holder.ts';
import { matchContainers } from '../match-containers.ts';
import type { Scan, ScannedProcess } from '../sighting.ts';
import type { Owner } from './holding.ts';

const NOBODY = { namespace: null, pod: null, podUid: null, name: null, owner: null };

function listContainers({ pods, containers }: PodList, cluster: ClusterView): [string, HolderContainer][] {
  const owners = new Map(cluster.pods.map((pod) => [pod.metadata.uid, cluster.ownerOf(pod)]));
  const inPods = pods.flatMap(({ namespace, name: pod, uid, containers: own }) =>
    own.map(({ id, name }) => ({ namespace, pod, podUid: uid, name, id, owner: owners.get(uid) ?? null })),
  );
  const alone = containers.map(({ id, name }) => ({ ...NOBODY, name, id }));
  return [...inPods, ...alone].flatMap(({ id, ...rest }): [string, HolderContainer][] =>
    id === null ? [] : [[id, { ...rest, id }]],
  );
}

function toContainer(id: string, expected: ExpectedContainer): HolderContainer {
  const { namespace, pod, podUid, container: name, owner } = expected;
  return { namespace, pod, podUid, name, id, owner };
}

/** First processes by container: those whose parent is outside, the one that was started first. */
function findFirst(processes: readonly ScannedProcess[]): Map<string, ScannedProcess> {
  const containers = new Map(processes.map(({ pid, containerId }) => [pid, containerId]));
  const first = new Map<string, ScannedProcess>();
  for (const process of processes) {
    const { containerId, parentPid, startTime } = process;
    if (containerId === null || containers.get(parentPid) === containerId) continue;
    const other = first.get(containerId);
    if (other === undefined || startTime < other.startTime) first.set(containerId, process);
  }
  return first;
}

/** Who everything that was scanned belongs to. */
export class Owners {
  readonly #containers: Map<string, HolderContainer>;
  readonly #first: ReadonlyMap<string, ScannedProcess>;
  /** Containers of which something is expected, by id. */
  readonly expected: ReadonlyMap<string, ExpectedContainer>;

  constructor(expected: readonly ExpectedContainer[], scan: Scan, pods: PodList, cluster: ClusterView) {
    this.#containers = new Map(listContainers(pods, cluster));
    this.#first = findFirst(scan.processes);
    this.expected = matchContainers(expected, pods);
    for (const [id, one] of this.expected) this.#containers.set(id, toContainer(id, one));
  }

  ofContainer(id: string): Owner {
    const expected = this.expected.get(id) ?? null;
    return {
      process: null,
      container: this.#containers.get(id) ?? { ...NOBODY, id },
      expected,
      startedAt: this.#startOf(id, expected),
    };
  }

  ofProcess(process: ScannedProcess): Owner {
    const { containerId } = process;
    if (containerId !== null) return { ...this.ofContainer(containerId), process };
    return { process, container: null, expected: null, startedAt: null };
  }

  /** It is the first of its container, which was given what the pod asks for; others need have inherited nothing. */
  isFirst({ containerId, pid }: ScannedProcess): boolean {
    return containerId !== null && this.#first.get(containerId)?.pid === pid;
  }

  /** What kubelet told is of the container that it told of; another one of that name was started at another time. */
  #startOf(id: string, expected: ExpectedContainer | null): Date | null {
    const told = expected?.containerId === id ? expected.startedAt : null;
    return told ?? this.#first.get(id)?.startedAt ?? null;
  }
}
