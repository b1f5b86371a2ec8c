import { constants } from 'node:os';
import { SystemError } from '../errors.ts';
import { checkWaitOptions, type WaitOptions } from '../options.ts';
import { explainDenial } from '../permission.ts';
import { openProcess, Process } from '../process.ts';
import type { Bundle } from './bundle.ts';
import { parseCgroupFile } from './cgroup-file.ts';
import type { CgroupContainer } from './cgroup-path.ts';
import { type Disagreement, type FactName, type IdentityFacts, type IdentitySource } from './claims.ts';
import type { Finding } from './finding.ts';
import { judge } from './judgement.ts';
import { gatherHostEvidence, NO_EVIDENCE } from './evidence.ts';
import { readMountEvidence } from './mount-evidence.ts';
import { seesAllGroups } from './own-view.ts';
import { parseStat, readProcFile, readProcLink } from './proc-file.ts';
import { findShim } from './shim.ts';
import { existing, type StateDirectories } from './state-directories.ts';

/** How to identify a container. */
export interface IdentifyOptions extends WaitOptions {
  /** Where runtimes keep their state; those left out are where they usually are. */
  readonly stateDirectories?: Partial<StateDirectories>;
}

/** Which pod and container a process is of, and who said so. */
export interface ContainerIdentity extends IdentityFacts {
  /** Process id, as this process sees it. */
  readonly pid: number;
  /** Clock ticks from boot to its start; with the pid, its identity. */
  readonly startTime: bigint;
  /**
   * `pod`: of a container of a pod. `container`: of one that is in no pod. `host`: of neither; a helper of a runtime is the
   * host's, too. `unknown`: what can be seen does not tell.
   */
  readonly kind: 'pod' | 'container' | 'host' | 'unknown';
  /** A helper of the runtime, which stands by the container of the other facts without being of it. */
  readonly helper: 'conmon' | null;
  /** The container that is the node of the pod (kind, minikube): all that is known of the pod is what it says. */
  readonly node: CgroupContainer | null;
  /** The systemd unit of a process of the host. */
  readonly unit: string | null;
  /** Path of its control group, as this process sees it; bytes as latin1. Null when it has none. */
  readonly cgroup: string | null;
  /** Who said each fact that is known. */
  readonly sources: Readonly<Partial<Record<FactName, IdentitySource>>>;
  /** Facts of which sources say different things. */
  readonly disagreements: readonly Disagreement[];
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}

/** Which container a process is of, and what its runtime was told to start. */
export interface ContainerSurvey {
  /** Which one it is. */
  readonly identity: ContainerIdentity;
  /** Null where there is none, it cannot be read, or it need not be that of this process. Holds Secrets. */
  readonly bundle: Bundle | null;
}

function goneError(pid: number, path: string): SystemError {
  return new SystemError(
    { errno: -constants.errno.ESRCH, syscall: 'open', path, detail: 'the process has exited' },
    pid,
  );
}

/** The error of a file of /proc that could not be read. */
function toSystemError(error: unknown, pid: number, path: string): unknown {
  if (!(error instanceof Error) || !('errno' in error) || !('code' in error)) return error;
  if (error.code === 'ENOENT' || error.code === 'ESRCH') return goneError(pid, path);
  const record = { errno: Number(error.errno), syscall: 'open', path, detail: '' };
  return new SystemError(record, pid, error.code === 'EACCES' || error.code === 'EPERM' ? explainDenial(pid) : '');
}

async function read(pid: number, name: string): Promise<Buffer> {
  try {
    return await readProcFile(pid, name);
  } catch (error) {
    throw toSystemError(error, pid, `/proc/${pid}/${name}`);
  }
}

/** It is in another pid namespace than this process. */
async function hasOwnPids(pid: number): Promise<boolean> {
  const [own, its] = await Promise.all([readProcLink(process.pid, 'ns/pid'), readProcLink(pid, 'ns/pid')]);
  return own !== null && its !== null && own !== its;
}

function readStartTime(bytes: Buffer, pid: number): bigint {
  const stat = parseStat(bytes);
  if (stat === null) throw goneError(pid, `/proc/${pid}/stat`);
  return stat.startTime;
}

async function surveyHeld(held: Process, options: IdentifyOptions): Promise<ContainerSurvey> {
  const { pid } = held;
  const startTime = readStartTime(await read(pid, 'stat'), pid);
  const cgroup = parseCgroupFile(await read(pid, 'cgroup'));
  const { chosen } = cgroup;
  const host =
    chosen === null
      ? NO_EVIDENCE
      : await gatherHostEvidence(chosen, (group) => findShim(pid, group), existing(options.stateDirectories));
  const namespaces = { seesAllGroups: await seesAllGroups(), ownPids: await hasOwnPids(pid) };
  // of the held process, which shows that it was there all the time: what was read of its number was its own
  const mounts = await readMountEvidence(held, options);
  const again = readStartTime(await read(pid, 'stat'), pid);
  if (again !== startTime) throw goneError(pid, `/proc/${pid}/stat`);
  const { usesBundle, facts, ...judged } = judge({ cgroup, host, hints: mounts.hints, ...namespaces });
  const findings = [...judged.findings, ...host.findings, ...mounts.findings];
  const identity = { pid, startTime, ...judged, ...facts, cgroup: chosen?.path ?? null, findings };
  return { identity, bundle: usesBundle ? host.bundle : null };
}

/**
 * Tells which pod and container a process is of, without asking any API: by its control group, the runtime's bundle, the
 * shim that it descends from, and its mounts.
 *
 * What the host wrote is believed before what a container can influence; what a container can write (names in its
 * environment, files in its root, HOSTNAME) is not looked at. Sources that disagree are said.
 *
 * Errors: `ESRCH` no such process, or it has exited; `EACCES` not permitted to see it; AbortError. Whatever else could not be
 * read is a finding.
 * Race: the process is held, and all facts are of it. It may move to another group meanwhile; only root can move it to that
 * of another container.
 * Source: cgroups(7), proc_pid_mountinfo(5).
 */
export async function identifyContainer(
  target: Process | number,
  options: IdentifyOptions = {},
): Promise<ContainerIdentity> {
  return (await surveyContainer(target, options)).identity;
}

/**
 * Tells which container a process is of, as {@link identifyContainer} does, and gives the bundle that it was started from:
 * that of the container, so that of its first process, which need not be this one.
 *
 * Errors: as {@link identifyContainer}.
 */
export async function surveyContainer(
  target: Process | number,
  options: IdentifyOptions = {},
): Promise<ContainerSurvey> {
  checkWaitOptions(options);
  if (target instanceof Process) return surveyHeld(target, options);
  await using held = await openProcess(target);
  return await surveyHeld(held, options);
}
