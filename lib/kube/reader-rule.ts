import { type AccessCredentials, FIRST_USER_NAMESPACE, type FileOwner, type ProcessIds } from './access-facts.ts';

/** Whether something is so; `unknown` where it cannot be seen from outside. */
export type Answer = 'yes' | 'no' | 'unknown';

/** A user namespace: its number, and who made it, null where this process has no number for him. */
export interface UserNamespace {
  readonly number: number;
  readonly owner: number | null;
}

/** What of a process decides who may read its environment. */
export interface TargetAccess {
  readonly credentials: AccessCredentials;
  /** Its user namespace, and those above it, as far as they may be known. */
  readonly userNamespaces: readonly UserNamespace[];
  /** That list ends with the first of all. */
  readonly allUserNamespaces: boolean;
  /** Who owns /proc/PID/environ. */
  readonly owner: FileOwner;
  /** Whether others of its user may look into it: prctl(2), PR_SET_DUMPABLE. */
  readonly dumpable: Answer;
  /** The kernel lets whoever has CAP_PERFMON or CAP_SYS_ADMIN in the first user namespace read any memory. */
  readonly monitorsMayRead: boolean;
  /** Where CAP_SYS_PTRACE is needed when it is not: user namespaces that its memory may be of, by their place in the list. */
  readonly memoryNamespaces: readonly number[];
}

/** What of another process decides whether it may read that. */
export interface ReaderAccess {
  readonly credentials: AccessCredentials;
  /** Null where it may not be seen. */
  readonly userNamespace: number | null;
  /** Its user namespace has numbers for whoever owns the file; null where that may not be seen. */
  readonly mapsOwner: boolean | null;
}

/** An answer, and why. */
export interface Verdict {
  readonly answer: Answer;
  /** In words. */
  readonly reason: string;
}

const CAP_DAC_OVERRIDE = 1n;
const CAP_DAC_READ_SEARCH = 2n;
const CAP_SYS_PTRACE = 19n;
/** CAP_SYS_ADMIN and CAP_PERFMON: `perfmon_capable()`. */
export const MONITORING = (1n << 21n) | (1n << 38n);

const has = (set: bigint, capability: bigint): boolean => ((set >> capability) & 1n) === 1n;
const toAnswer = (is: boolean | null): Answer => (is === null ? 'unknown' : is ? 'yes' : 'no');

function equal(one: number | null, other: number | null): boolean | null {
  return one === null || other === null ? null : one === other;
}

/** No, where one of them is no; else unknown, where one is. */
function all(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('unknown') ? 'unknown' : 'yes';
}

function sameIds(reader: number | null, { real, effective, saved }: ProcessIds): Answer {
  return all([real, effective, saved].map((id) => toAnswer(equal(reader, id))));
}

/** Whether one whose user namespace may not be seen has the capability somewhere, or made a user namespace. */
function mayTrace({ credentials }: ReaderAccess, { userNamespaces, allUserNamespaces }: TargetAccess): boolean {
  const made = userNamespaces.slice(0, -1).some(({ owner }) => equal(owner, credentials.user.effective) !== false);
  return made || !allUserNamespaces || has(credentials.effective, CAP_SYS_PTRACE);
}

/**
 * Whether a process has CAP_SYS_PTRACE over a user namespace: it has it in that one or in one above it, or it is the user, in
 * the one above, who made one on the way.
 *
 * Source: security/commoncap.c `cap_capable`.
 */
function traces(reader: ReaderAccess, target: TargetAccess, from: number): Answer {
  const { credentials, userNamespace } = reader;
  const { userNamespaces, allUserNamespaces } = target;
  if (userNamespace === null) return mayTrace(reader, target) ? 'unknown' : 'no';
  for (let at = from; at < userNamespaces.length; at++) {
    if (userNamespaces[at]?.number === userNamespace) return toAnswer(has(credentials.effective, CAP_SYS_PTRACE));
    if (userNamespaces[at + 1]?.number !== userNamespace) continue;
    const owns = equal(userNamespaces[at]?.owner ?? null, credentials.user.effective);
    if (owns === true) return 'yes';
    if (owns === null && !has(credentials.effective, CAP_SYS_PTRACE)) return 'unknown';
  }
  return allUserNamespaces ? 'no' : 'unknown';
}

/** The permissions of the file, 0400. */
function mayOpen({ credentials, mapsOwner }: ReaderAccess, { owner }: TargetAccess): Answer {
  const owns = equal(credentials.user.fileSystem, owner.uid);
  if (owns === true) return 'yes';
  const overrides = has(credentials.effective, CAP_DAC_OVERRIDE) || has(credentials.effective, CAP_DAC_READ_SEARCH);
  if (overrides) return mapsOwner === false ? toAnswer(owns) : toAnswer(mapsOwner);
  return toAnswer(owns);
}

/** What a process may do may not be more than what who looks into it may: cap_ptrace_access_check of commoncap.c. */
function isNoStronger(target: TargetAccess, reader: ReaderAccess): Answer {
  const same = equal(reader.userNamespace, target.userNamespaces[0]?.number ?? null);
  if (same !== true) return toAnswer(same);
  return toAnswer((target.credentials.permitted & ~reader.credentials.effective) === 0n);
}

function no(reason: string): Verdict {
  return { answer: 'no', reason };
}

/** Where not the ids decide: without CAP_SYS_PTRACE over the user namespace, one of the same user. */
function judgeSameUser(reader: ReaderAccess, target: TargetAccess): Verdict {
  const { user, group } = target.credentials;
  const uid = reader.credentials.user.fileSystem;
  const ids = all([sameIds(uid, user), sameIds(reader.credentials.group.fileSystem, group)]);
  if (ids === 'no') return no('another user or group, without CAP_SYS_PTRACE over its user namespace');
  const weaker = isNoStronger(target, reader);
  const lacks = 'without CAP_SYS_PTRACE over its user namespace';
  if (weaker === 'no') {
    const apart = reader.userNamespace !== target.userNamespaces[0]?.number;
    return no(`the same user, ${apart ? 'in another user namespace' : 'with fewer capabilities'}, ${lacks}`);
  }
  const memory = all(target.memoryNamespaces.map((at) => traces(reader, target, at)));
  if (target.dumpable === 'no' && memory === 'no') return no(`the same user, but it is not dumpable, and ${lacks}`);
  if (target.dumpable === 'unknown' && memory !== 'yes') {
    return { answer: 'unknown', reason: `the same uid ${uid}; whether it is dumpable cannot be seen` };
  }
  const certain = all([ids, weaker, target.dumpable === 'yes' ? 'yes' : memory]);
  if (certain === 'unknown') return { answer: 'unknown', reason: 'its ids or user namespace may not be seen' };
  return { answer: 'yes', reason: `same uid ${uid}` };
}

function judgeTracer(reader: ReaderAccess, target: TargetAccess): Verdict {
  const memory =
    target.dumpable === 'yes' ? 'yes' : all(target.memoryNamespaces.map((at) => traces(reader, target, at)));
  if (memory === 'yes') return { answer: 'yes', reason: 'CAP_SYS_PTRACE over its user namespace' };
  const where = 'that its memory is of, which is above its own';
  if (memory === 'no' && target.dumpable === 'no') return no(`without CAP_SYS_PTRACE over the user namespace ${where}`);
  return { answer: 'unknown', reason: 'CAP_SYS_PTRACE over its user namespace; whether it is dumpable cannot be seen' };
}

/** Whoever may watch all of the machine may read all memory, whatever else says no. */
function isMonitor({ credentials, userNamespace }: ReaderAccess, { monitorsMayRead }: TargetAccess): Answer {
  if (!monitorsMayRead || (credentials.effective & MONITORING) === 0n) return 'no';
  return toAnswer(equal(userNamespace, FIRST_USER_NAMESPACE));
}

/** What lets it look into the process. */
function judgeAccess(reader: ReaderAccess, target: TargetAccess): Verdict {
  const tracer = traces(reader, target, 0);
  const access = tracer === 'yes' ? judgeTracer(reader, target) : judgeSameUser(reader, target);
  const monitor = isMonitor(reader, target);
  if (access.answer === 'yes' || (monitor === 'no' && tracer !== 'unknown')) return access;
  if (monitor === 'yes') return { answer: 'yes', reason: 'CAP_PERFMON or CAP_SYS_ADMIN on the node' };
  return { answer: 'unknown', reason: 'whether it has capabilities over its user namespace cannot be seen' };
}

/**
 * @internal Whether the kernel lets a process that can name /proc/PID/environ open it: the permissions of the file, then
 * ptrace_may_access(PTRACE_MODE_READ_FSCREDS), in which yama has no say, or since Linux 6.15 CAP_PERFMON. Security modules
 * are not counted.
 *
 * Source: ptrace(2), "Ptrace access mode checking"; fs/proc/base.c `__mem_open`, `task_dump_owner`; kernel/ptrace.c
 * `__ptrace_may_access`; kernel/fork.c `may_access_mm`; security/commoncap.c.
 */
export function judgeReader(reader: ReaderAccess, target: TargetAccess): Verdict {
  const opens = mayOpen(reader, target);
  const access = judgeAccess(reader, target);
  if (access.answer === 'no' || opens === 'yes') return access;
  if (access.answer === 'unknown' && opens === 'unknown') return access;
  if (opens === 'no') return no('the file is not its own, without CAP_DAC_READ_SEARCH or CAP_DAC_OVERRIDE');
  return { answer: 'unknown', reason: `${access.reason}; whether it may open the file cannot be seen` };
}
