import { readFileSync, readlinkSync, statSync } from 'node:fs';

const CAP_SYS_PTRACE = 19n;

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return otherwise;
  }
}

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

function linkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Whether this process has CAP_SYS_PTRACE in its own user namespace. */
export function mayTraceAnything(): boolean {
  const effective = BigInt(`0x${field(readOr('/proc/self/status', ''), 'CapEff') || '0'}`);
  return ((effective >> CAP_SYS_PTRACE) & 1n) === 1n;
}

/** Value of kernel.yama.ptrace_scope; 0 where Yama is not built in. */
export function yamaScope(): number {
  return Number.parseInt(readOr('/proc/sys/kernel/yama/ptrace_scope', '0'), 10);
}

function sameUser(status: string): boolean {
  const own = process.getuid?.() ?? -1;
  return field(status, 'Uid')
    .split(/\s+/)
    .slice(0, 3)
    .every((uid) => Number(uid) === own);
}

function isDumpable(pid: number, status: string): boolean {
  try {
    // the kernel gives the files of a process that is not dumpable to root
    return statSync(`/proc/${pid}`).uid === Number(field(status, 'Uid').split(/\s+/)[1]);
  } catch {
    return true;
  }
}

/**
 * Why this process may not read the memory or the environment of another, and what to do: the checks of ptrace(2),
 * "Ptrace access mode checking", in the kernel's order.
 */
export function explainDenial(pid: number): string {
  const status = readOr(`/proc/${pid}/status`, '');
  const capable = mayTraceAnything();
  if (!capable && status !== '' && !sameUser(status)) {
    return 'it runs as another user (uid): run as that user, or with the capability CAP_SYS_PTRACE (as root)';
  }
  const namespace = linkOrNull(`/proc/${pid}/ns/user`);
  if (capable && namespace !== linkOrNull('/proc/self/ns/user')) {
    return 'it is in a user namespace in which this process has no capability CAP_SYS_PTRACE: run in its parent namespace';
  }
  if (!capable && status !== '' && !isDumpable(pid, status)) {
    return 'it is not dumpable (set-user-ID, an execute-only binary, or PR_SET_DUMPABLE): run with the capability CAP_SYS_PTRACE';
  }
  const scope = yamaScope();
  if (scope === 3) return 'yama forbids it to everybody: kernel.yama.ptrace_scope is 3 until the next boot';
  if (scope > 0 && !capable) {
    return `yama allows it for descendants only (kernel.yama.ptrace_scope is ${scope}): run with the capability CAP_SYS_PTRACE, or set it to 0`;
  }
  return 'a security module (LSM), or a capability this process lacks and the target has, forbids it: run with CAP_SYS_PTRACE';
}
