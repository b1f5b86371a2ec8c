import { SystemError, UsageError } from './errors.ts';
import type { ExecutedProcess } from './exec/executed-process.ts';
import { type ExecOptions, toRequest } from './exec/options.ts';
import { addon, helperProgram, type NativeCommand } from './native.ts';
import { type Process, transact } from './process.ts';

/** The host's binary is an argument, not a part of the container. */
function explain(error: unknown, hostBinary: string | undefined): unknown {
  const isIts = error instanceof SystemError && error.syscall !== 'execve' && error.path === hostBinary;
  return isIts && hostBinary !== undefined ? new UsageError('hostBinary', `cannot be read: ${error.message}`) : error;
}

/**
 * Runs a command where a process runs: by default as one more process of its container.
 *
 * As the container: in all its namespaces and its cgroup, with its user and groups, capabilities, no_new_privs, resource
 * limits, oom_score_adj, umask, root and working directory, and the environment of the container's first process. Not
 * taken over, because the kernel has no way to: its seccomp filter, LSM label and session keyring. The first two are this
 * process's own, the session keyring is a new, empty one.
 *
 * Errors: `ESRCH` no such process; `EPERM`, `EACCES` a step is not permitted: `syscall` names it (`setns(mnt)`), the message
 * what it needs; `EXDEV` (`cgroup`) its cgroup is out of reach; `syscall` `execve` with `ENOENT` no such program, `EACCES`,
 * `ENOEXEC` and others not executable; `ETIMEDOUT` it could not be started in time.
 *
 * Source: setns(2), namespaces(7), credentials(7), capabilities(7).
 */
export async function execIn(
  processOrPid: Process | number,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecutedProcess> {
  const request = toRequest(argv, options);
  try {
    const starting = transact<NativeCommand>(processOrPid, options.signal, (id, target) =>
      addon.startCommand(id, target, helperProgram, request),
    );
    // the helper takes as long to start as this and node:net take to load
    const [command, loaded] = await Promise.all([starting, import('./exec/executed-process.ts')]);
    return new loaded.ExecutedProcess(command, options);
  } catch (error) {
    throw explain(error, options.hostBinary);
  }
}
