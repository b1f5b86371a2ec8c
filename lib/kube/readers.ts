import { SystemError } from '../errors.ts';
import type { WaitOptions } from '../options.ts';
import { openProcess, Process } from '../process.ts';
import { listProcesses, type ProcessSummary } from '../processes.ts';
import { FIRST_PID_NAMESPACE, maps, readAccessCredentials, readIdMap } from './access-facts.ts';
import { type ContainerIdentity, identifyContainer, type IdentifyOptions } from './identity.ts';
import { readProcLink, readStat } from './proc-file.ts';
import { listProcMounts, ownProc, type ProcMount } from './proc-view.ts';
import { judgeReach } from './reach.ts';
import { type Answer, judgeReader, type Verdict } from './reader-rule.ts';
import { lookAtTarget, type ReadTarget } from './reader-target.ts';

/** Whether a process could read the environ of another now. */
export interface EnvironReader {
  /** Process id, as this process sees it. */
  readonly pid: number;
  /** Clock ticks since boot; with the pid, its identity. */
  readonly startTime: bigint;
  /** Name of the command. */
  readonly comm: string;
  /** `unknown`: something that decides it cannot be seen. */
  readonly answer: Answer;
  /** Why, in words. */
  readonly reason: string;
  /** Which container it is of. Null for an answer of `no`, and where that could not be read. */
  readonly container: ContainerIdentity | null;
}

/** Who on this node could read the environ of a process. */
export interface EnvironReaders {
  /** Whose it is. */
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: bigint;
  /** Every other process that this one sees, but for kernel threads and itself; in the order of /proc. */
  readonly readers: readonly EnvironReader[];
  /** All processes of the node were seen. */
  readonly complete: boolean;
  /** What was not counted, or could not be seen, in words. */
  readonly notes: readonly string[];
}

const UNCOUNTED =
  'Not counted: security modules and seccomp filters, which may forbid it still, threads with ids of their own, and what a process could do to get there: join namespaces, mount a /proc, change its ids.';
const NESTED =
  'This process is in a pid namespace below the first: processes outside of it may be able to read it, and were not seen.';
const HIDING = 'This /proc hides processes from this user (hidepid): run as root.';
const VEILED = 'Of some processes the ids or namespaces may not be seen: run as root.';

type Rest = Pick<EnvironReaders, 'complete' | 'notes'>;

/** What is read once for all processes that share it. */
class Views {
  readonly #target: ReadTarget;
  readonly #options: WaitOptions;
  readonly #own = ownProc();
  readonly #mounts = new Map<string, Promise<ProcMount[] | null>>();
  readonly #maps = new Map<number, boolean | null>();

  constructor(target: ReadTarget, options: WaitOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Of processes in one mount namespace with one root directory. */
  async procMounts({ pid, namespaces }: ProcessSummary): Promise<ProcMount[] | null> {
    const key = `${namespaces?.mnt ?? `of ${pid}`} ${await readProcLink(pid, 'root')}`;
    const known = this.#mounts.get(key);
    if (known !== undefined) return known;
    const read = listProcMounts(pid, this.#own, this.#options);
    this.#mounts.set(key, read);
    return read;
  }

  /** Whether the user namespace of a process has numbers for whoever owns the environ. */
  mapsOwner({ pid, namespaces }: ProcessSummary): boolean | null {
    const user = namespaces?.user ?? null;
    const { owner } = this.#target.access;
    if (user === null || owner.uid === null || owner.gid === null) return null;
    if (user === this.#target.ownUserNamespace) return true;
    const known = this.#maps.get(user);
    if (known !== undefined) return known;
    const [uid, gid] = [maps(readIdMap(pid, 'uid_map'), owner.uid), maps(readIdMap(pid, 'gid_map'), owner.gid)];
    const both = uid === null || gid === null ? null : uid && gid;
    this.#maps.set(user, both);
    return both;
  }
}

/** What the ids and capabilities allow, then whether it can name the file. */
async function judge(one: ProcessSummary, target: ReadTarget, views: Views, seen: Set<number>): Promise<Verdict> {
  const credentials = readAccessCredentials(one.pid, target.hasAllIds);
  if (credentials === null) return { answer: 'unknown', reason: 'its ids and capabilities may not be seen' };
  const userNamespace = one.namespaces?.user ?? null;
  const access = judgeReader({ credentials, userNamespace, mapsOwner: views.mapsOwner(one) }, target.access);
  if (access.answer === 'no') return access;
  const reach = judgeReach(await views.procMounts(one), one.namespaces?.pid ?? null, target, seen);
  if (reach.answer === 'no') return reach;
  if (access.answer === 'unknown') return access;
  return { answer: reach.answer, reason: `${access.reason}, ${reach.reason}` };
}

/** Nobody is in doubt about one that has exited meanwhile. */
async function isGone({ pid, startTime }: ProcessSummary): Promise<boolean> {
  const stat = await readStat(pid);
  return stat === null || stat.startTime !== startTime || stat.state === 'Z' || stat.state === 'X';
}

/** Of processes in one control group, one is asked for all. */
class Containers {
  readonly #options: IdentifyOptions;
  readonly #known = new Map<Buffer, Promise<ContainerIdentity | null>>();

  constructor(options: IdentifyOptions) {
    this.#options = options;
  }

  of({ pid, cgroup }: ProcessSummary): Promise<ContainerIdentity | null> {
    const known = cgroup === null ? undefined : this.#known.get(cgroup);
    if (known !== undefined) return known;
    const read = identifyContainer(pid, this.#options).catch((error: unknown) => {
      if (error instanceof SystemError) return null;
      throw error;
    });
    if (cgroup !== null) this.#known.set(cgroup, read);
    return read;
  }
}

/** Whose ids or namespaces may not be seen. */
function isVeiled({ credentials, namespaces }: ProcessSummary): boolean {
  return credentials === null || namespaces?.user === null;
}

/** With `hidepid`, process 1 is among those that are hidden from whoever may not look into it. */
async function hidesProcesses(): Promise<boolean> {
  return (await readStat(1)) === null;
}

async function notesOf(target: ReadTarget, doubted: readonly ProcessSummary[]): Promise<Rest> {
  const nested = target.ownPidNamespace !== FIRST_PID_NAMESPACE;
  const hiding = await hidesProcesses();
  const notes = [
    UNCOUNTED,
    ...(nested ? [NESTED] : []),
    ...(hiding ? [HIDING] : []),
    ...(doubted.some(isVeiled) ? [VEILED] : []),
  ];
  return { complete: !nested && !hiding, notes };
}

async function surveyHeld(held: Process, options: IdentifyOptions): Promise<EnvironReaders> {
  const target = await lookAtTarget(held, options);
  const all = await listProcesses({ ...options, namespaces: true });
  const others = all.filter(
    ({ pid, kernelThread, zombie }) => pid !== held.pid && pid !== process.pid && !kernelThread && !zombie,
  );
  const seen = new Set(all.flatMap(({ namespaces }) => namespaces?.pid ?? []));
  const [views, containers] = [new Views(target, options), new Containers(options)];
  const readers: EnvironReader[] = [];
  const doubted: ProcessSummary[] = [];
  for (const one of others) {
    const verdict = await judge(one, target, views, seen);
    if (verdict.answer === 'unknown') {
      if (await isGone(one)) continue;
      doubted.push(one);
    }
    const container = verdict.answer === 'no' ? null : await containers.of(one);
    readers.push({ pid: one.pid, startTime: one.startTime, comm: one.comm, ...verdict, container });
  }
  return { pid: held.pid, startTime: target.startTime, readers, ...(await notesOf(target, doubted)) };
}

/**
 * Tells who could read the environment that a process was started with, `/proc/PID/environ`, now: for every other process
 * whether the kernel would let it, and why. Nobody is asked to read, and nothing is read.
 *
 * A process must be able to name the file (a /proc that shows the process is mounted where it is), to open it (owner and mode,
 * or `CAP_DAC_READ_SEARCH`), and to look into the process: as the same user, group and user namespace with at least its
 * capabilities, if it is dumpable; or with `CAP_SYS_PTRACE` over its user namespace. Yama does not restrict this.
 *
 * Errors: `ESRCH` no such process; `EACCES` this process may not look into it (`CAP_SYS_PTRACE`); `ETIMEDOUT`; AbortError. One
 * that cannot be looked at among the others is `unknown`.
 * Race: processes come, go and change their ids; each is judged by what it was at one moment during the call.
 * Source: ptrace(2), "Ptrace access mode checking"; proc_pid_environ(5); user_namespaces(7); pid_namespaces(7).
 */
export async function readersOf(target: Process | number, options: IdentifyOptions = {}): Promise<EnvironReaders> {
  if (target instanceof Process) return surveyHeld(target, options);
  await using held = await openProcess(target);
  return await surveyHeld(held, options);
}
