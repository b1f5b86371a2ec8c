import type { ExpectedContainer } from '../expectation.ts';
import type { Evidence, Holder, HolderContainer } from '../holder.ts';
import type { TrailRequest } from '../request.ts';
import type { ScannedProcess } from '../sighting.ts';
import type { Found, Spot } from './found.ts';
import type { Truth } from './truth.ts';

/** Who has the places that are judged: a process, or a container by itself. */
export interface Owner {
  /** Null of a container. */
  readonly process: ScannedProcess | null;
  /** Null of a process outside of containers. */
  readonly container: HolderContainer | null;
  /** What the pod asks for; null where it asks for nothing, or that is not known. */
  readonly expected: ExpectedContainer | null;
  /** When the container was started, which is when its variables were read; null where that is not known. */
  readonly startedAt: Date | null;
}

/** What every judgement needs. */
export interface Case {
  /** The versions of the Secret. */
  readonly truth: Truth;
  /** What was looked for. */
  readonly asked: TrailRequest;
}

/** A place that was not judged as a spot of the scan has only these. */
export type Location = Pick<Spot, 'place' | 'name' | 'generation'>;

function startOf(owner: Owner): Date | null {
  return owner.process?.startedAt ?? owner.startedAt;
}

/** A holder of what was found in a place. `reference`: how the pod asks for it; null where it does not. */
export function toHolder(
  { place, name, generation }: Location,
  owner: Owner,
  { key, derived, standing }: Found,
  reference: string | null,
  heldSince: Date | null = startOf(owner),
): Holder {
  const asked: Evidence[] = reference === null ? [] : [{ by: 'reference', message: reference }];
  const { process } = owner;
  return {
    process: process && { pid: process.pid, startTime: process.startTime, comm: process.comm },
    container: owner.container,
    place,
    name,
    key,
    ...standing,
    generation,
    expected: reference !== null,
    derived,
    heldSince,
    evidence: [...asked, ...standing.evidence],
  };
}
