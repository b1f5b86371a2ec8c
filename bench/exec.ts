import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Container } from '../test/helpers/runc.ts';
import { has } from './left-out.ts';
import { execIn } from './library.ts';
import { type Floor, here, Program } from './programs.ts';
import { sample, Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

const GIBIBYTE = 2 ** 30;

async function spawnTrue(): Promise<void> {
  await once(spawn('true', [], { stdio: ['pipe', 'pipe', 'pipe'] }), 'close');
}

async function execTrue(pid: number): Promise<void> {
  await using command = await execIn(pid, ['true']);
  await command.exit;
}

/** The library call in turn with a plain spawn; with `ballast` bytes in the heap of this process. */
async function benchCalls(group: string, pid: number, rounds: number, ballast: number): Promise<Row[]> {
  const kept = Buffer.alloc(ballast, 1);
  const series = new Series();
  const [base, own] = ['child_process.spawn of true', 'execIn of true'];
  for (let round = 0; round < rounds; ++round) {
    series.add(base, await sample(20, 3, spawnTrue));
    series.add(own, await sample(20, 3, () => execTrue(pid)));
  }
  if (kept.length !== ballast) throw new Error('the ballast has gone');
  return [toRow(series, group, base), toRow(series, group, own, [{ to: base, below: 2 }])];
}

function podprobeExec(pid: number): string[] {
  return [process.execPath, here('../dist/podprobe.cjs'), 'exec', String(pid), '--', 'true'];
}

/** The command line from its start to its end, in turn with the two that it is measured against. */
async function benchCommand(group: string, pid: number, floor: Floor, rounds: number): Promise<Row[]> {
  const series = new Series();
  const [sum, own] = ['nsenter of true + node -e 0', 'podprobe exec of true'];
  for (let round = -2; round < rounds; ++round) {
    const node = await floor.run([process.execPath, '-e', '0']);
    const enter = await floor.run(['nsenter', '--target', String(pid), '--mount', '--uts', '--', 'true']);
    const podprobe = await floor.run(podprobeExec(pid));
    if (round < 0) continue;
    series.add(sum, [node + enter]);
    series.add('nsenter of true', [enter]);
    series.add(own, [podprobe]);
  }
  return [
    toRow(series, group, 'nsenter of true'),
    toRow(series, group, sum),
    toRow(series, group, own, [{ to: sum, below: 1.3 }]),
  ];
}

/** A command in a real container, in turn with what its runtime does. */
async function benchContainer(group: string, floor: Floor, rounds: number): Promise<Row[]> {
  if (!has('runc exec')) return [];
  using container = Container.start();
  const series = new Series();
  const [runtime, own] = ['runc exec of true', 'podprobe exec of true'];
  for (let round = -2; round < rounds; ++round) {
    const theirs = await floor.run(container.execWords('true'));
    const ours = await floor.run(podprobeExec(container.pid));
    if (round < 0) continue;
    series.add(runtime, [theirs]);
    series.add(own, [ours]);
  }
  return [toRow(series, group, runtime), toRow(series, group, own, [{ to: runtime }])];
}

/** Commands in namespaces of their target: those that only root can make. */
export async function benchExec(floor: Floor, rounds: number): Promise<Row[]> {
  const script = 'echo $$; read line';
  await using target = new Program(['unshare', '--mount', '--uts', 'sh', '-c', script], { PATH: process.env.PATH });
  const pid = Number(await target.line());
  return [
    ...(await benchCalls('a command in other namespaces, by call', pid, rounds, 0)),
    ...(await benchCalls('the same from a program of 1 GiB', pid, rounds, GIBIBYTE)),
    ...(await benchCommand('a command in other namespaces, as a program', pid, floor, rounds)),
    ...(await benchContainer('a command in a container of runc, as a program', floor, rounds)),
  ];
}
