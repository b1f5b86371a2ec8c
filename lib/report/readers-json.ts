import type { EnvironReaders } from '../kube/readers.ts';
import { containerDocument } from './container-json.ts';

/** Who could read an environ, as a part of the document of `podprobe env --json --readers`. */
export function readersDocument({ readers, complete, notes }: EnvironReaders): object {
  return {
    processes: readers.map(({ pid, startTime, comm, answer, reason, container }) => ({
      pid,
      startTime: Number(startTime),
      comm,
      answer,
      reason,
      container: container && containerDocument(container),
    })),
    complete,
    notes,
  };
}
