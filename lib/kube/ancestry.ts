import { addon } from '../native.ts';
import type { WaitOptions } from '../options.ts';
import { checkWaitOptions } from '../options.ts';
import { type Process, transact } from '../process.ts';

/** The namespaces of a process and those that hold it, from its own upwards, as far as this process may know them. */
export interface Ancestry {
  /** Numbers of pid namespaces: a /proc of any of them shows the process. */
  readonly pidNamespaces: readonly number[];
  /** Numbers of user namespaces. */
  readonly userNamespaces: readonly number[];
  /** Who made each of these, as this process's user namespace counts. */
  readonly owners: readonly number[];
  /** This process can open its environ without CAP_SYS_PTRACE, CAP_PERFMON and CAP_SYS_ADMIN. */
  readonly opensUnprivileged: boolean;
  /** It can without CAP_SYS_PTRACE. */
  readonly opensUntracing: boolean;
}

/**
 * @internal Reads the ancestry of a process. It is tried, in a thread that puts capabilities down for so long, whether its
 * environ can be opened; it is not read.
 *
 * Errors: `ESRCH`; `EACCES` its namespaces may not be seen (`CAP_SYS_PTRACE`).
 * Source: ioctl_nsfs(2), capabilities(7).
 */
export async function readAncestry(target: Process, options: WaitOptions = {}): Promise<Ancestry> {
  const timeout = checkWaitOptions(options);
  const found = await transact(target, options.signal, (id, one) => addon.readAncestry(id, one, timeout));
  return {
    pidNamespaces: [...new Uint32Array(found.pidNamespaces)],
    userNamespaces: [...new Uint32Array(found.userNamespaces)],
    owners: [...new Uint32Array(found.owners)],
    opensUnprivileged: found.opensUnprivileged,
    opensUntracing: found.opensUntracing,
  };
}
