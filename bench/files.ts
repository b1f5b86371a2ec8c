import { readFile } from 'node:fs/promises';
import { type MiniPod, startMiniPod } from '../lib/demo/mini-pod.ts';
import { openProcess, readFileIn } from './library.ts';
import type { Floor } from './programs.ts';
import { sample, Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

export interface Plan {
  readonly rounds: number;
  readonly reads: number;
}

const BY_PID = 'readFileIn(pid)';
const HELD = 'readFileIn(held)';
const NODE = 'fs.readFile(/proc/PID/root/…)';
const NSENTER = 'nsenter cat';
const WARM_UP = 20;

async function readInRounds(pod: MiniPod, floor: Floor, plan: Plan): Promise<Series> {
  const series = new Series();
  const pid = pod.containerPid;
  const path = `${pod.containerPath}/foo`;
  await using held = await openProcess(pid);
  for (let round = 0; round < plan.rounds; ++round) {
    const take = async (name: string, action: () => unknown): Promise<void> =>
      series.add(name, await sample(plan.reads, WARM_UP, action));
    await take(NODE, () => readFile(`/proc/${pid}/root${path}`));
    await take(BY_PID, () => readFileIn(pid, path));
    await take(HELD, () => readFileIn(held, path));
    series.add(NSENTER, [await floor.run(['nsenter', '-t', `${pid}`, '-m', 'cat', path])]);
  }
  return series;
}

/** A key of a Secret volume, as the container sees it. */
export async function benchFiles(floor: Floor, plan: Plan): Promise<Row[]> {
  await using pod = await startMiniPod();
  const series = await readInRounds(pod, floor, plan);
  const group = 'a small file of a container; fs.readFile can be tricked into reading the host';
  return [
    toRow(series, group, NODE),
    toRow(series, group, BY_PID, [
      { to: NODE, below: 1.5 },
      { to: NSENTER, speedup: true },
    ]),
    toRow(series, group, HELD, [
      { to: NODE, below: 1.2 },
      { to: NSENTER, speedup: true },
    ]),
    toRow(series, group, NSENTER),
  ];
}
