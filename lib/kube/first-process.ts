import type { WaitOptions } from '../options.ts';
import { listProcesses, type ProcessSummary } from '../processes.ts';
import { type CgroupLine, parseCgroupFile } from './cgroup-file.ts';
import { containerGroup } from './evidence.ts';

/** Whether a text of /proc/PID/cgroup is of a group; equal texts are one buffer, and are looked at once. */
function matcher(group: string): (cgroup: Buffer | null) => boolean {
  const known = new Map<Buffer, boolean>();
  return (cgroup) => {
    if (cgroup === null) return false;
    const answer = known.get(cgroup);
    if (answer !== undefined) return answer;
    const { chosen } = parseCgroupFile(cgroup);
    const is = chosen !== null && chosen.place.helper === null && containerGroup(chosen) === group;
    known.set(cgroup, is);
    return is;
  };
}

/**
 * @internal The pid of the process that a container began with: of those in its control group, or in groups below it, whose
 * parent is in none of them, the one that started first. Commands that were run in it later are such, too.
 *
 * Null where that cannot be told: none is seen, or two started in one tick of the clock.
 * Errors: those of {@link listProcesses}.
 */
export async function findFirstProcess(line: CgroupLine, options: WaitOptions = {}): Promise<number | null> {
  const isOf = matcher(containerGroup(line));
  const members = (await listProcesses(options)).filter(({ cgroup, zombie }) => !zombie && isOf(cgroup));
  const pids = new Set(members.map(({ pid }) => pid));
  const roots = members.filter(({ parentPid }) => !pids.has(parentPid));
  const order = (one: ProcessSummary, other: ProcessSummary): number => Number(one.startTime - other.startTime);
  const [first, second] = roots.sort(order);
  return first === undefined || first.startTime === second?.startTime ? null : first.pid;
}
