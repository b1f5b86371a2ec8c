// an import makes every export of node:fs ready, streams among them, in each program that comes by here
const { readFileSync, readlinkSync, statSync } = process.getBuiltinModule('node:fs');

const CAP_SYS_PTRACE = 19n;
/** CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH. */
const CAP_DAC = 0b110n;

/** What decides whether one process may look into another: the checks of ptrace(2), "Ptrace access mode checking". */
export interface AccessFacts {
  /** This process has CAP_SYS_PTRACE in its own user namespace. */
  readonly capable: boolean;
  /** It has CAP_DAC_READ_SEARCH or CAP_DAC_OVERRIDE there: it may read any file. */
  readonly readsAnyFile: boolean;
  /** All user ids of the target are this process's own. Null: its /proc/PID/status may not be read. */
  readonly sameUser: boolean | null;
  /** Both are in one user namespace. Null: its /proc/PID/ns/user may not be read. */
  readonly sameUserNamespace: boolean | null;
  /** The files of /proc/PID belong to the target's user, as they do unless it is not dumpable. */
  readonly dumpable: boolean;
  /** kernel.yama.ptrace_scope; 0 where Yama is not built in. */
  readonly yamaScope: number;
}

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

/** The capabilities of this process in its own user namespace; bit n is capability n. */
export function effectiveCapabilities(): bigint {
  return BigInt(`0x${field(readOr('/proc/self/status', ''), 'CapEff') || '0'}`);
}

/** The capabilities that a program has which this process starts: root's own, else those that are ambient, not those of a file. */
export function inheritedCapabilities(): bigint {
  if (process.geteuid?.() === 0) return effectiveCapabilities();
  return BigInt(`0x${field(readOr('/proc/self/status', ''), 'CapAmb') || '0'}`);
}

/** Whether this process has CAP_SYS_PTRACE in its own user namespace. */
export function mayTraceAnything(): boolean {
  return ((effectiveCapabilities() >> CAP_SYS_PTRACE) & 1n) === 1n;
}

/** Value of kernel.yama.ptrace_scope; 0 where Yama is not built in. */
export function yamaScope(): number {
  return Number.parseInt(readOr('/proc/sys/kernel/yama/ptrace_scope', '0'), 10);
}

function userIds(status: string): number[] {
  return field(status, 'Uid').split(/\s+/).slice(0, 3).map(Number);
}

function ownerOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.uid ?? null;
}

/** Looks at a process as far as anybody may. */
export function accessFacts(pid: number): AccessFacts {
  const status = readOr(`/proc/${pid}/status`, '');
  const own = process.getuid?.();
  const namespace = linkOrNull(`/proc/${pid}/ns/user`);
  // a file inside: /proc/PID itself belongs to its user in any case
  const owner = ownerOf(`/proc/${pid}/environ`);
  return {
    capable: mayTraceAnything(),
    readsAnyFile: (effectiveCapabilities() & CAP_DAC) !== 0n,
    sameUser: status === '' ? null : userIds(status).every((uid) => uid === own),
    sameUserNamespace: namespace === null ? null : namespace === linkOrNull('/proc/self/ns/user'),
    dumpable: status === '' || owner === null || owner === userIds(status)[1],
    yamaScope: yamaScope(),
  };
}

/** Why a process may not be looked into, and what to do, in the order in which the kernel checks. */
export function explainAccess(facts: AccessFacts): string {
  const { capable, yamaScope: scope } = facts;
  if (!capable && facts.sameUser === false) {
    return 'it runs as another user (uid): run as that user, or with the capability CAP_SYS_PTRACE (as root)';
  }
  if (capable && facts.sameUserNamespace !== true) {
    return 'it is in a user namespace in which this process has no capability CAP_SYS_PTRACE: run in its parent namespace';
  }
  if (!capable && !facts.dumpable) {
    return 'it is not dumpable (set-user-ID, an execute-only binary, or PR_SET_DUMPABLE): run with the capability CAP_SYS_PTRACE';
  }
  if (!capable && facts.sameUserNamespace === false) {
    return 'it is in another user namespace: run with the capability CAP_SYS_PTRACE in it, as its owner or as root';
  }
  if (scope === 3) return 'yama forbids it to everybody: kernel.yama.ptrace_scope is 3 until the next boot';
  if (scope > 0 && !capable) {
    return `yama allows it for descendants only (kernel.yama.ptrace_scope is ${scope}): run with the capability CAP_SYS_PTRACE, or set it to 0`;
  }
  if (capable && facts.sameUser === false && !facts.readsAnyFile) {
    return 'its files in /proc are those of another user (uid): run with the capability CAP_DAC_READ_SEARCH, too';
  }
  return 'a security module (LSM), or a capability that this process lacks and the target has, forbids it: run with CAP_SYS_PTRACE';
}

/** Why a process cannot be stopped: another tracer, or what {@link explainDenial} says. */
export function explainStopDenial(pid: number): string {
  const tracer = field(readOr(`/proc/${pid}/status`, ''), 'TracerPid');
  if (tracer === '' || tracer === '0') return explainDenial(pid);
  return `it is already traced, by process ${tracer}: detach that debugger, or read without stop`;
}

/** Why this process may not read the memory or the environment of another, and what to do. */
export function explainDenial(pid: number): string {
  return explainAccess(accessFacts(pid));
}
