import type { Holder, HolderContainer } from '../trail/holder.ts';
import type { Place } from '../trail/sighting.ts';
import { groupBy } from './group-by.ts';

/** Holders in one process or container that say the same of one name: most often its initial and its live environment. */
export interface HolderRow {
  /** The first of them. */
  readonly holder: Holder;
  /** Of all of them, in their order. */
  readonly places: readonly Place[];
}

/** A process, and what it holds. */
export interface ProcessBranch {
  readonly process: NonNullable<Holder['process']>;
  readonly rows: readonly HolderRow[];
}

/** A container, and what it and its processes hold. */
export interface ContainerBranch {
  /** Null of the processes that are in none. */
  readonly container: HolderContainer | null;
  /** Bundle, volumes: what is the whole container's. */
  readonly rows: readonly HolderRow[];
  readonly processes: readonly ProcessBranch[];
}

/** A pod, and its containers. */
export interface PodBranch {
  /** `test/mypod`, or `uid …` where it has no name; null of containers in no pod, and of what is in no container. */
  readonly pod: string | null;
  readonly owner: string | null;
  readonly containers: readonly ContainerBranch[];
}

/** The pod that a container is of; null where it is of none. */
export function podTitle({ namespace, pod, podUid }: HolderContainer): string | null {
  if (pod !== null) return `${namespace ?? '?'}/${pod}`;
  return podUid === null ? null : `uid ${podUid}`;
}

function sameness(holder: Holder): unknown {
  const { name, key, verdict, revision, generation, expected, derived, heldSince, replaced, evidence } = holder;
  return [
    name,
    key,
    verdict,
    String(revision),
    generation,
    expected,
    derived,
    heldSince,
    String(replaced?.revision),
    evidence,
  ];
}

function toRows(holders: readonly Holder[]): HolderRow[] {
  return groupBy(holders, sameness).map((same) => ({
    holder: same[0] as Holder,
    places: [...new Set(same.map(({ place }) => place))],
  }));
}

function toProcess(holders: readonly Holder[]): ProcessBranch[] {
  const [{ process = null } = {}] = holders;
  return process === null ? [] : [{ process, rows: toRows(holders) }];
}

function toContainer(holders: readonly Holder[]): ContainerBranch {
  const ofProcesses = holders.filter(({ process }) => process !== null);
  return {
    container: holders[0]?.container ?? null,
    rows: toRows(holders.filter(({ process }) => process === null)),
    processes: groupBy(ofProcesses, ({ process }) => [process?.pid, String(process?.startTime)]).flatMap(toProcess),
  };
}

function toPod(holders: readonly Holder[]): PodBranch {
  const [{ container = null } = {}] = holders;
  return {
    pod: container && podTitle(container),
    owner: container?.owner ?? null,
    containers: groupBy(holders, (one) => one.container?.id).map(toContainer),
  };
}

/** Holders as a tree of pods, containers and processes, in the order in which they come. */
export function trailTree(holders: readonly Holder[]): PodBranch[] {
  return groupBy(holders, ({ container }) =>
    container === null ? 0 : (container.podUid ?? podTitle(container) ?? 1),
  ).map(toPod);
}
