import { UsageError } from './errors.ts';
import { type Mount, MountTable } from './mounts/table.ts';
import { addon, type ProcessHandle } from './native.ts';
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
  const list = (id: number, one: number | ProcessHandle) => addon.listMounts(id, one, timeout);
  return new MountTable(await transact(target, options.signal, list));
}

/**
 * @internal The table of the mount namespace of a process, by listmount(2) and statmount(2): what {@link listMounts} gives
 * where mountinfo is empty, and what a test compares with mountinfo.
 *
 * Errors: `ENOSYS` before Linux 6.15; `EPERM` it needs `CAP_SYS_ADMIN` over the namespace.
 */
export async function listNamespaceMounts(target: Process | number, options: WaitOptions = {}): Promise<MountTable> {
  const timeout = checkWaitOptions(options);
  const list = (id: number, one: number | ProcessHandle) => addon.listNamespaceMounts(id, one, timeout);
  return new MountTable(await transact(target, options.signal, list));
}

function checkFilePath(path: unknown): Buffer {
  if (typeof path !== 'string' && !(path instanceof Uint8Array))
    throw new UsageError('path', 'must be a string or a Uint8Array');
  const bytes = Buffer.from(path as string);
  if (bytes.length === 0 || bytes.includes(0)) throw new UsageError('path', 'must not be empty, nor hold a NUL byte');
  return bytes;
}

/**
 * Finds the mount that a file is on, `path` as the process sees it: one question to the kernel where it answers such
 * (statmount(2), Linux 6.15), a search of mountinfo else.
 *
 * Links are followed inside the root directory of the process; one of /proc that leads to a file itself is refused. In a
 * process after chroot, the mount point is seen from the root of its namespace where statmount(2) answers.
 *
 * Errors: `ENOENT` no such file; `ELOOP`; `EACCES` its root directory may not be used (`CAP_SYS_PTRACE`); those of
 * {@link listMounts}.
 * Source: openat2(2), statx(2), statmount(2).
 */
export async function findMount(
  target: Process | number,
  path: string | Uint8Array,
  options: WaitOptions = {},
): Promise<Mount> {
  const timeout = checkWaitOptions(options);
  const bytes = checkFilePath(path);
  const find = (id: number, one: number | ProcessHandle) => addon.findMount(id, one, timeout, bytes);
  return new MountTable(await transact(target, options.signal, find)).mounts[0] as Mount;
}
