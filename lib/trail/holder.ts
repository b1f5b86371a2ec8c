import type { Place } from './sighting.ts';

/**
 * What is proved of a holder.
 *
 * `current`: it holds what the Secret holds now. `stale`: it holds what the Secret held before. `mismatch`: the pod says that
 * it is this Secret's, and it is no version of it: every version that it could be is known. `suspect`: the same, but it can be of
 * a version that is not known. `unknown`: it could not be read, or compared.
 */
export type Verdict = 'current' | 'stale' | 'mismatch' | 'suspect' | 'unknown';

/** A fact that a verdict rests on. */
export interface Evidence {
  /** `value`: bytes were equal, or not. `reference`: the pod asks for it. `generation`: a volume's. `time`: of two clocks. */
  readonly by: 'value' | 'reference' | 'generation' | 'time';
  /** In words; nothing secret. */
  readonly message: string;
}

/** The container that a holder is in. */
export interface HolderContainer {
  /** Of the pod; null where only the container is known. */
  readonly namespace: string | null;
  /** The pod's; null where only the container is known. */
  readonly pod: string | null;
  /** Null where it is in no pod. */
  readonly podUid: string | null;
  /** In the pod; null where it is not known. */
  readonly name: string | null;
  /** Of the runtime. */
  readonly id: string;
  /** What the pod belongs to, such as `deployment/payments`; null where it belongs to nothing, or that is not known. */
  readonly owner: string | null;
}

/** A process that is a holder, or has one in it. */
export interface HolderProcess {
  /** Process id. */
  readonly pid: number;
  /** Clock ticks from boot to its start; with the pid, its identity. */
  readonly startTime: bigint;
  /** At most 15 bytes. */
  readonly comm: string;
}

/** How a version of a key was replaced. */
export interface Replacement {
  /** When, by the writer's clock; null where nobody says. */
  readonly time: Date | null;
  /** By whom, as it called itself; null where nobody says. */
  readonly by: string | null;
  /** Of the version that replaced it; null where the source counts none. */
  readonly revision: bigint | null;
}

/** Something on this node that holds a version of the Secret, or should. */
export interface Holder {
  /** Null of what is a whole container's: its bundle, a volume. */
  readonly process: HolderProcess | null;
  /** Null of a process outside of containers. */
  readonly container: HolderContainer | null;
  /** Where in it. */
  readonly place: Place;
  /** Name of the variable; path of the file; `argument 3`. */
  readonly name: string;
  /** Of the Secret; null where several are in it, or it is not known. */
  readonly key: string | null;
  /** What is proved. */
  readonly verdict: Verdict;
  /** Of the version that it holds, the newest of those with the same value; null where that is not known, or counts none. */
  readonly revision: bigint | null;
  /** Of a volume: the generation; null of all else. */
  readonly generation: string | null;
  /** The pod asks for it there. */
  readonly expected: boolean;
  /** It is longer than the value, and contains it. */
  readonly derived: boolean;
  /** Since when it has held it: the start of the container or process, of a volume its generation; null where that is not known. */
  readonly heldSince: Date | null;
  /** When the key was written again, which made this an old one, and who did; null where it is current, or nobody says. */
  readonly replaced: Replacement | null;
  /** What the verdict rests on; at least one. */
  readonly evidence: readonly Evidence[];
}
