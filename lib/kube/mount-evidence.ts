import { SystemError } from '../errors.ts';
import { listMounts } from '../mounts.ts';
import type { MountTable } from '../mounts/table.ts';
import type { WaitOptions } from '../options.ts';
import type { Process } from '../process.ts';
import type { Finding } from './finding.ts';
import { type MountHints, readMountHints } from './mount-hints.ts';

/** @internal What the mounts of a process tell of its container. */
export interface MountEvidence {
  /** Null where it could not be read. */
  readonly table: MountTable | null;
  /** Null where the table is. */
  readonly hints: MountHints | null;
  readonly findings: readonly Finding[];
}

/** @internal Reads the mounts of a process. Rejects with `ESRCH` when it is gone; what else fails is a finding. */
export async function readMountEvidence(target: Process | number, options: WaitOptions): Promise<MountEvidence> {
  try {
    const table = await listMounts(target, options);
    return { table, hints: readMountHints(table), findings: [] };
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === 'ESRCH') throw error;
    const message = `its mounts could not be read: ${error.message}`;
    return { table: null, hints: null, findings: [{ code: 'unreadable-mounts', message }] };
  }
}
