import { writeFileSync } from 'node:fs';
import { CgroupTree } from '../test/helpers/cgroup.ts';
import { type Floor, here, Program } from './programs.ts';
import { Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

const NODE = 'node -e 0';
const PS = 'ps -eo pid,cgroup';
const BOTH = `${PS} + ${NODE}`;
const PODPROBE = 'podprobe ps --json';
const CONTAINERS = 100;

/** How many processes there are, and how often they are listed. */
export interface PsPlan {
  readonly processes: number;
  readonly rounds: number;
}

async function benchList(group: string, floor: Floor, rounds: number): Promise<Row[]> {
  const series = new Series();
  for (let round = -2; round < rounds; ++round) {
    const node = await floor.run([process.execPath, '-e', '0']);
    const ps = await floor.run(['ps', '-eo', 'pid,cgroup']);
    const podprobe = await floor.run([process.execPath, here('../dist/podprobe.cjs'), 'ps', '--json']);
    if (round < 0) continue;
    series.add(NODE, [node]);
    series.add(PS, [ps]);
    series.add(BOTH, [node + ps]);
    series.add(PODPROBE, [podprobe]);
  }
  return [
    toRow(series, group, NODE),
    toRow(series, group, PS),
    toRow(series, group, BOTH),
    toRow(series, group, PODPROBE, [{ to: BOTH, below: 1.5 }]),
  ];
}

/** A path as kubelet makes it, of a container of its own pod. */
function pathOf(container: number): string {
  const number = container.toString(16);
  return `kubepods/burstable/pod01234567-89ab-cdef-0123-${number.padStart(12, '0')}/${number.padStart(64, '0')}`;
}

/** Whole processes that list many: those of the host, then the same in containers of pods, whose environments are read, too. */
export async function benchPs(target: string, floor: Floor, { processes, rounds }: PsPlan): Promise<Row[]> {
  await using groups = new CgroupTree();
  const env = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`VARIABLE_${i}`, `what number ${i} is set to`]));
  await using program = new Program([target, '0', String(processes)], env);
  const pids = (await program.line()).trim().split(' ');
  const onHost = await benchList(`${processes} processes of the host`, floor, rounds);
  for (const [i, pid] of pids.entries())
    for (const file of groups.make(pathOf(i % CONTAINERS))) writeFileSync(file, pid);
  const inPods = await benchList(`${processes} processes in ${CONTAINERS} containers`, floor, rounds);
  return [...onHost, ...inPods];
}
