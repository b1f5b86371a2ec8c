import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { readEnvironment } from './environ.ts';
import { SystemError } from './errors.ts';
import { inheritedCapabilities, mayTraceAnything, yamaScope } from './permission.ts';
import { statIn } from './rootfs.ts';

/** One thing that podprobe needs, and whether it is there. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'limited' | 'missing';
  /** What was found. */
  readonly found: string;
  /** What to do; null where nothing needs to be done. */
  readonly cure: string | null;
}

function versionOf(text: string): number {
  const [major = 0, minor = 0] = text.split('.').map((part) => Number.parseInt(part, 10));
  return major * 1000 + minor;
}

function checkKernel(): Check {
  const version = versionOf(release());
  const found = `Linux ${release()} on ${process.arch}`;
  if (version < 5010) return { name: 'kernel', state: 'limited', found, cure: 'run on Linux 5.10 or later' };
  return { name: 'kernel', state: 'ok', found, cure: null };
}

function checkMappingQuery(): Check {
  const there = versionOf(release()) >= 6011;
  const found = there
    ? 'one mapping is asked for at a time (PROCMAP_QUERY)'
    : 'the whole of /proc/PID/maps is read (before Linux 6.11)';
  return { name: 'mapping query', state: there ? 'ok' : 'limited', found, cure: null };
}

function checkCapability(): Check {
  const name = 'other processes';
  if (mayTraceAnything())
    return { name, state: 'ok', found: 'CAP_SYS_PTRACE: any process of this user namespace', cure: null };
  const found = 'no CAP_SYS_PTRACE: only processes of the same user that are dumpable';
  return { name, state: 'limited', found, cure: 'run as root, or give node the capability: setcap cap_sys_ptrace+ep' };
}

/** What taking on a container's identity and place needs, for some containers only or for all, as sets: one of each will do. */
const FOR_EXEC: Readonly<Record<string, bigint>> = {
  CAP_CHOWN: 1n << 0n,
  'CAP_DAC_READ_SEARCH or CAP_DAC_OVERRIDE': (1n << 2n) | (1n << 1n),
  CAP_SETGID: 1n << 6n,
  CAP_SETUID: 1n << 7n,
  CAP_SETPCAP: 1n << 8n,
  CAP_SYS_CHROOT: 1n << 18n,
  CAP_SYS_PTRACE: 1n << 19n,
  CAP_SYS_ADMIN: 1n << 21n,
  CAP_SYS_RESOURCE: 1n << 24n,
};

function checkExec(): Check {
  const name = 'exec';
  const own = inheritedCapabilities();
  const lacking = Object.entries(FOR_EXEC).filter(([, set]) => (own & set) === 0n);
  const never =
    "as the container but for its seccomp filter and LSM label (this process's own) and its keyring (a new one)";
  if (lacking.length === 0) return { name, state: 'ok', found: never, cure: null };
  const names = lacking.map(([capability]) => capability).join(', ');
  return { name, state: 'limited', found: `no ${names}; ${never}`, cure: 'run as root with all capabilities' };
}

function checkYama(): Check {
  const name = 'yama';
  const scope = yamaScope();
  const found = `kernel.yama.ptrace_scope is ${scope}`;
  if (scope === 0 || (scope < 3 && mayTraceAnything())) return { name, state: 'ok', found, cure: null };
  if (scope === 3)
    return { name, state: 'missing', found: `${found}: nobody may read memory`, cure: 'boot without it' };
  return {
    name,
    state: 'limited',
    found: `${found}: live environments of descendants only`,
    cure: 'run with CAP_SYS_PTRACE',
  };
}

function checkHidepid(): Check {
  const name = 'hidepid';
  const line = readFileSync('/proc/self/mountinfo', 'latin1')
    .split('\n')
    .findLast((text) => text.includes(' /proc ') && text.includes(' - proc '));
  const hidden = /hidepid=(?!0|off)(\w+)/.exec(line ?? '')?.[1];
  if (hidden === undefined) return { name, state: 'ok', found: '/proc shows every process', cure: null };
  const cure = 'run as root, or in the group of the gid= option of /proc';
  return { name, state: 'limited', found: `/proc is mounted with hidepid=${hidden}`, cure };
}

async function checkFiles(): Promise<Check> {
  const name = 'files of containers';
  try {
    await statIn(process.pid, '/');
    return { name, state: 'ok', found: 'paths are resolved below the root of a process (openat2)', cure: null };
  } catch (error) {
    const cure = 'run on Linux 5.6 or later, under a seccomp profile that allows openat2';
    return { name, state: 'missing', found: (error as Error).message, cure };
  }
}

async function checkAddon(): Promise<Check> {
  const name = 'live environment';
  let live;
  try {
    ({ live } = await readEnvironment(process.pid));
  } catch (error) {
    // the files of a node with capabilities in /proc are root's
    if (!(error instanceof SystemError)) throw error;
    return {
      name,
      state: 'missing',
      found: error.message,
      cure: 'run as root, or node without capabilities of its file',
    };
  }
  if (live?.state === 'ok') {
    return {
      name,
      state: 'ok',
      found: `read from this process: ${live.length} variables by ${live.locator}`,
      cure: null,
    };
  }
  return {
    name,
    state: 'missing',
    found: `this process's own is ${live?.state}: ${live?.reason}`,
    cure: 'report this as a bug',
  };
}

/** What this kernel, these privileges and this node allow, and the cure for what is missing. */
export async function runChecks(): Promise<Check[]> {
  return [
    checkKernel(),
    checkMappingQuery(),
    checkCapability(),
    checkExec(),
    checkYama(),
    checkHidepid(),
    await checkFiles(),
    await checkAddon(),
  ];
}
