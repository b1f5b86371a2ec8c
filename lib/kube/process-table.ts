import type { ProcessSummary } from '../processes.ts';
import { type CgroupFile, parseCgroupFile } from './cgroup-file.ts';
import { containerGroup } from './evidence.ts';
import { readStat } from './proc-file.ts';
import { type Ancestry, readShim, type Shim } from './shim.ts';

/** @internal Processes that are in one control group: those of a container are all in one, or below it. */
export interface ProcessGroup {
  /** Of the first of them. */
  readonly cgroup: CgroupFile;
  readonly processes: ProcessSummary[];
}

const NO_GROUPS: CgroupFile = { chosen: null, differing: [], malformed: 0, truncated: false };

/**
 * Groups with one key are one container's. Texts that differ in other hierarchies, or could not be understood, are told
 * apart, so that what was wrong with one is not lost.
 */
function keyOf(cgroup: CgroupFile): string {
  const { chosen, differing, malformed, truncated } = cgroup;
  const others = differing.map(({ hierarchy, path }) => `${hierarchy}:${path}`);
  return JSON.stringify([chosen && containerGroup(chosen), chosen?.place.kind, others, malformed, truncated]);
}

/** @internal All processes of one look at /proc: who is whose parent, and in which group. Each group's text is read once. */
export class ProcessTable implements Ancestry {
  readonly #byPid: ReadonlyMap<number, ProcessSummary>;
  readonly #files = new Map<Buffer, CgroupFile>();
  readonly #shims = new Map<number, Promise<Shim>>();

  constructor(processes: readonly ProcessSummary[]) {
    this.#byPid = new Map(processes.map((one) => [one.pid, one]));
  }

  #fileOf({ cgroup }: ProcessSummary): CgroupFile {
    if (cgroup === null) return NO_GROUPS;
    const known = this.#files.get(cgroup);
    if (known !== undefined) return known;
    const file = parseCgroupFile(cgroup);
    this.#files.set(cgroup, file);
    return file;
  }

  /** Those of `processes` by their groups. */
  group(processes: readonly ProcessSummary[]): ProcessGroup[] {
    const keys = new Map<CgroupFile, string>();
    const groups = new Map<string, ProcessGroup>();
    for (const one of processes) {
      const cgroup = this.#fileOf(one);
      const key = keys.get(cgroup) ?? keyOf(cgroup);
      keys.set(cgroup, key);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { cgroup, processes: [one] });
      else group.processes.push(one);
    }
    return [...groups.values()];
  }

  statOf(pid: number): Promise<{ comm: string; parent: number } | null> {
    const one = this.#byPid.get(pid);
    return Promise.resolve(one === undefined ? null : { comm: one.comm, parent: one.parentPid });
  }

  rootsGroupOf(pid: number): Promise<string | null> {
    const one = this.#byPid.get(pid);
    const isRoots = one?.credentials?.uid === 0 && one.credentials.effectiveUid === 0;
    return Promise.resolve(isRoots ? (this.#fileOf(one).chosen?.path ?? null) : null);
  }

  readShim(pid: number): Promise<Shim> {
    const known = this.#shims.get(pid) ?? this.#readShim(pid);
    this.#shims.set(pid, known);
    return known;
  }

  async #readShim(pid: number): Promise<Shim> {
    const shim = await readShim(pid);
    if (!(await this.isThere(pid))) throw new Error('another process has its number');
    return shim;
  }

  /** Whether the process of the look is still there: what was read of its number since then was its own. */
  async isThere(pid: number): Promise<boolean> {
    return (await readStat(pid))?.startTime === this.#byPid.get(pid)?.startTime;
  }
}
