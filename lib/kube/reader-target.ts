import { constants, release } from 'node:os';
import { SystemError } from '../errors.ts';
import type { WaitOptions } from '../options.ts';
import { explainDenial } from '../permission.ts';
import type { Process } from '../process.ts';
import {
  type AccessCredentials,
  type FileOwner,
  FIRST_PID_NAMESPACE,
  FIRST_USER_NAMESPACE,
  type IdRange,
  ownerOf,
  readAccessCredentials,
  readIdMap,
} from './access-facts.ts';
import { type Ancestry, readAncestry } from './ancestry.ts';
import { parseStat, readProcFile, readProcLink } from './proc-file.ts';
import { type Answer, MONITORING, type TargetAccess } from './reader-rule.ts';

/** What is known of a process that others may want to read, and of this process, which asks. */
export interface ReadTarget {
  readonly access: TargetAccess;
  readonly startTime: bigint;
  /** Its pid namespace and those above it: whose /proc shows it. */
  readonly pidNamespaces: readonly number[];
  /** That list ends with the first of all. */
  readonly allPidNamespaces: boolean;
  /** This process sees all ids. */
  readonly hasAllIds: boolean;
  /** Pid namespace of this process. */
  readonly ownPidNamespace: number | null;
  /** User namespace of this process. */
  readonly ownUserNamespace: number | null;
}

/** CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_PERFMON. */
const PUT_DOWN = (1n << 19n) | MONITORING;
/** CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH. */
const OPENING = 0b110n;
/** Since when CAP_PERFMON and CAP_SYS_ADMIN let one read: `may_access_mm` of kernel/fork.c. */
const MONITORS_SINCE = [6, 15] as const;

function has(credentials: AccessCredentials | null, any: bigint): boolean {
  return credentials !== null && (credentials.effective & any) !== 0n;
}

function toNumber(link: string | null): number | null {
  const [, number] = /\[([0-9]{1,10})\]$/.exec(link ?? '') ?? [];
  return number === undefined ? null : Number(number);
}

/** The root user of a user namespace, as this process counts; null where it has none that is known. */
function rootOf(ranges: readonly IdRange[] | null): number | null {
  return ranges?.find(({ inside }) => inside === 0)?.outside ?? null;
}

/** The root user of each user namespace of the list: of those between the first and the process's own it is not known. */
function rootsOf(pid: number, { userNamespaces }: Ancestry): (number | null)[] {
  const own = rootOf(readIdMap(pid, 'uid_map'));
  return userNamespaces.map((number, at) => (number === FIRST_USER_NAMESPACE ? 0 : at === 0 ? own : null));
}

/** What this kernel does, as it was seen where it could be, else by its version. */
function letsMonitorsRead({ ancestry, owner, own }: Facts): boolean {
  const { opensUnprivileged, opensUntracing } = ancestry;
  if (opensUntracing && !opensUnprivileged) return true;
  const monitors = own.userNamespace === FIRST_USER_NAMESPACE && has(own.credentials, MONITORING);
  const opens = owner.uid === own.credentials?.user.fileSystem || has(own.credentials, OPENING);
  if (!opensUntracing && monitors && opens) return false;
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return major > MONITORS_SINCE[0] || (major === MONITORS_SINCE[0] && minor >= MONITORS_SINCE[1]);
}

/** Whether an attempt without those capabilities fails only where it is not dumpable: this process is of its user otherwise. */
function isTelling(target: AccessCredentials, own: AccessCredentials): boolean {
  const ids = ({ user, group }: AccessCredentials): (number | null)[] => [
    user.real,
    user.effective,
    user.saved,
    group.real,
    group.effective,
    group.saved,
  ];
  const [uid, gid] = [own.user.fileSystem, own.group.fileSystem];
  const same = ids(target).every((id, i) => id !== null && id === (i < 3 ? uid : gid));
  return same && (target.permitted & ~(own.effective & ~PUT_DOWN)) === 0n;
}

type Facts = {
  readonly credentials: AccessCredentials;
  readonly owner: FileOwner;
  readonly ancestry: Ancestry;
  readonly roots: readonly (number | null)[];
  readonly own: { readonly credentials: AccessCredentials | null; readonly userNamespace: number | null };
};

/**
 * Files of a process that is not dumpable belong to the root user of the user namespace that its memory is of. For one that is
 * that user itself, it tells whether this process, if it is of the same user, can open them without a capability.
 */
function judgeDumpable({ credentials, owner, ancestry, roots, own }: Facts): Answer {
  const { user, group } = credentials;
  const known = owner.uid !== null && owner.gid !== null;
  if (known && (owner.uid !== user.effective || owner.gid !== group.effective)) return 'no';
  // the owner of a user namespace needs no capability over it
  if (own.userNamespace === ancestry.userNamespaces[0]) {
    if (ancestry.opensUnprivileged) return 'yes';
    if (own.credentials !== null && isTelling(credentials, own.credentials)) return 'no';
  }
  return !known || roots.some((root) => root === null || root === owner.uid) ? 'unknown' : 'yes';
}

function toAccess(facts: Facts): TargetAccess {
  const { credentials, owner, ancestry, roots } = facts;
  const places = roots.flatMap((root, at) => (root === null || root === owner.uid ? [at] : []));
  return {
    credentials,
    userNamespaces: ancestry.userNamespaces.map((number, i) => ({ number, owner: ancestry.owners[i] ?? null })),
    allUserNamespaces: ancestry.userNamespaces.at(-1) === FIRST_USER_NAMESPACE,
    owner,
    dumpable: judgeDumpable(facts),
    monitorsMayRead: letsMonitorsRead(facts),
    memoryNamespaces: places.length > 0 ? places : roots.map((_, at) => at),
  };
}

function failure(pid: number, name: string, code: 'ESRCH' | 'EACCES'): SystemError {
  const record = { errno: -constants.errno[code], syscall: 'open', path: `/proc/${pid}/${name}`, detail: '' };
  return new SystemError(record, pid, code === 'ESRCH' ? 'the process has exited' : explainDenial(pid));
}

async function readStartTime(pid: number): Promise<bigint> {
  const stat = await readProcFile(pid, 'stat').then(parseStat, () => null);
  if (stat === null) throw failure(pid, 'stat', 'ESRCH');
  return stat.startTime;
}

/** @internal Looks at a held process. Errors: `ESRCH`; `EACCES` it may not be looked at; those of the addon. */
export async function lookAtTarget(held: Process, options: WaitOptions): Promise<ReadTarget> {
  const { pid } = held;
  const userNamespace = toNumber(await readProcLink(process.pid, 'ns/user'));
  const hasAllIds = userNamespace === FIRST_USER_NAMESPACE;
  const startTime = await readStartTime(pid);
  const credentials = readAccessCredentials(pid, hasAllIds);
  const owner = ownerOf(pid, hasAllIds);
  if (credentials === null || owner === null) throw failure(pid, 'status', 'EACCES');
  // through the held directory: what was read by its number before was of it, too
  const ancestry = await readAncestry(held, options);
  const own = { credentials: readAccessCredentials(process.pid, hasAllIds), userNamespace };
  return {
    access: toAccess({ credentials, owner, ancestry, roots: rootsOf(pid, ancestry), own }),
    startTime,
    pidNamespaces: ancestry.pidNamespaces,
    allPidNamespaces: ancestry.pidNamespaces.at(-1) === FIRST_PID_NAMESPACE,
    hasAllIds,
    ownUserNamespace: userNamespace,
    ownPidNamespace: toNumber(await readProcLink(process.pid, 'ns/pid')),
  };
}
