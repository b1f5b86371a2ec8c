import type { Finding } from '../../kube/finding.ts';
import type { StateDirectories } from '../../kube/state-directories.ts';
import type { Place, ScannedContainer, Sighting, UnreadPlace } from '../sighting.ts';

/** What is looked at of a process. */
export const OF_PROCESS: readonly Place[] = ['initial', 'live', 'commandLine', 'openFile'];
/** What is looked at of a container. */
export const OF_CONTAINER: readonly Place[] = ['bundle', 'volume', 'subPath'];

/** A process that is to be scanned. */
export interface ProcessItem {
  readonly pid: number;
  readonly startTime: bigint;
  readonly containerId: string | null;
}

/** A container that is to be scanned, through the first of its processes that can be. */
export interface ContainerItem {
  readonly containerId: string;
  readonly processes: readonly Pick<ProcessItem, 'pid' | 'startTime'>[];
}

/** The child is told first what to look for. The values themselves follow on its standard input. */
export interface Begin {
  readonly kind: 'begin';
  /** Process id of who started it, with which it ends. */
  readonly parent: number;
  /** Bytes of each value. */
  readonly lengths: Uint32Array;
  readonly distinctive: readonly number[];
  readonly variables: readonly (readonly [containerId: string, names: readonly string[]])[];
  /** Milliseconds for one read. */
  readonly timeout: number;
  readonly host: number | null;
  readonly stateDirectories: Partial<StateDirectories>;
}

/** Then what to look at. */
export interface Work {
  readonly kind: 'work';
  readonly batch: number;
  readonly processes: readonly ProcessItem[];
  readonly containers: readonly ContainerItem[];
}

/** At last it overwrites the values, and ends. */
export interface End {
  readonly kind: 'end';
}

export type ToChild = Begin | Work | End;

/** What was seen of a process; null where it has ended. */
export type SeenProcess = { readonly sightings: readonly Sighting[]; readonly unread: readonly UnreadPlace[] } | null;

/** It has been loaded, and waits. */
export interface Ready {
  readonly kind: 'ready';
}

/** It has come further with its work. */
export interface Alive {
  readonly kind: 'alive';
}

/** What was seen, in the order of the work. */
export interface Seen {
  readonly kind: 'seen';
  readonly batch: number;
  readonly processes: readonly SeenProcess[];
  readonly containers: readonly (ScannedContainer | null)[];
  readonly findings: readonly Finding[];
}

export type FromChild = Ready | Alive | Seen;
