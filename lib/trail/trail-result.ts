import type { Finding } from '../kube/finding.ts';
import type { Holder, Verdict } from './holder.ts';
import type { KnownSecret } from './known-secret.ts';
import type { UnreadPlace } from './sighting.ts';

/** A process or container of which a part could not be read. */
export interface UnreadRow {
  /** Null of a container. */
  readonly pid: number | null;
  /** Null of a process outside of containers. */
  readonly containerId: string | null;
  /** It keeps the gate from being clear: it is of a container that asks for the Secret, or nobody tells which do, or all counts. */
  readonly counts: boolean;
  /** The part, and why. */
  readonly unread: UnreadPlace;
}

/** A Secret, and everything on this node that holds it. */
export interface Trail {
  /** The Secret and its versions. Its values are secret. */
  readonly secret: KnownSecret;
  /** Who told which pods ask for it; null where nobody did. */
  readonly references: 'etcd' | 'api' | 'manifest' | null;
  /** By pod, container, pid and place. */
  readonly holders: readonly Holder[];
  /** What could not be read, and may hold it. */
  readonly unread: readonly UnreadRow[];
  /** How many there are. */
  readonly summary: {
    /** Holders by their verdict. */
    readonly verdicts: Readonly<Record<Verdict, number>>;
    /** Processes that were looked at. */
    readonly processes: number;
    /** Containers that were looked at. */
    readonly containers: number;
  };
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}
