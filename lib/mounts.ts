import { MountTable } from './mounts/table.ts';
import { addon } from './native.ts';
import { checkWaitOptions, type WaitOptions } from './options.ts';
import { type Process, transact } from './process.ts';

/**
 * Lists the mounts that a process sees.
 *
 * Errors: `ESRCH` no such process, it has exited, or it is a zombie; `ETIMEDOUT`; `AbortError`. It needs no privileges but
 * to see the process in /proc.
 * Race: no line is torn, but a table read while it changes need not be that of one moment (since Linux 5.8 none is missed
 * that was there all the time).
 * Source: proc_pid_mountinfo(5).
 */
export async function listMounts(target: Process | number, options: WaitOptions = {}): Promise<MountTable> {
  const timeout = checkWaitOptions(options);
  return new MountTable(await transact(target, options.signal, (id, one) => addon.listMounts(id, one, timeout)));
}
