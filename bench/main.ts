// Usage: npm run bench -- [--quick] [--json] [--only PART]...
import { cpus, loadavg, release } from 'node:os';
import { parseArgs } from 'node:util';
import { benchEtcd, type EtcdPlan } from './etcd.ts';
import { benchExec } from './exec.ts';
import { benchFiles, type Plan as FilesPlan } from './files.ts';
import { canMeasure, describeLeftOut, has } from './left-out.ts';
import { benchMany } from './many.ts';
import { benchMemory, toText } from './memory.ts';
import { benchMounts, type MountPlan } from './mounts.ts';
import { Floor, Program, Workshop } from './programs.ts';
import { benchPs, type PsPlan } from './ps.ts';
import { benchReads, type Plan } from './reads.ts';
import { benchStart } from './start.ts';
import { type Row, toTable } from './table.ts';
import { benchTrail, type TrailPlan } from './trail.ts';
import { benchWatch, type WatchPlan } from './watch.ts';

interface Size {
  readonly reads: Plan;
  readonly many: number;
  readonly mounts: MountPlan;
  readonly pairs: number;
  readonly watch: WatchPlan;
  readonly commands: number;
  readonly files: FilesPlan;
  readonly ps: PsPlan;
  readonly etcd: EtcdPlan;
  readonly trail: TrailPlan;
  readonly memory: { readonly held: number; readonly byPid: number };
}

const NODES = { processes: [100, 1_000, 10_000], values: [1, 100, 10_000] };

const FULL: Size = {
  reads: { rounds: 12, reads: 100, programs: 5 },
  many: 15,
  mounts: { sizes: [34, 1_000, 10_000], rounds: 7 },
  pairs: 25,
  watch: { rounds: 2, swaps: 400 },
  commands: 15,
  files: { rounds: 12, reads: 200 },
  ps: { processes: 2_000, rounds: 15 },
  etcd: { keys: 100_000, rounds: 15 },
  trail: { ...NODES, rounds: 7 },
  memory: { held: 100_000, byPid: 20_000 },
};
const QUICK: Size = {
  reads: { rounds: 4, reads: 60, programs: 2 },
  many: 5,
  mounts: { sizes: [34, 1_000, 10_000], rounds: 3 },
  pairs: 15,
  watch: { rounds: 1, swaps: 200 },
  commands: 5,
  files: { rounds: 6, reads: 100 },
  ps: { processes: 2_000, rounds: 5 },
  etcd: { keys: 100_000, rounds: 5 },
  trail: { ...NODES, rounds: 3 },
  memory: { held: 5_000, byPid: 1_000 },
};

function variables(count: number): NodeJS.ProcessEnv {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`VARIABLE_${i}`, `what number ${i} is set to`]));
}

const PYTHON = 'import os,sys; os.environ["ADDED"] = "1"; print(os.getpid(), flush=True); sys.stdin.read()';
const NODE = 'process.env.ADDED = "1"; console.log(process.pid); process.stdin.resume()';

async function benchProcesses(workshop: Workshop, floor: Floor, plan: Plan): Promise<Row[]> {
  const target = workshop.compile('target');
  const env = { ...variables(20), PATH: process.env.PATH };
  const programs = new Map<string, () => Program>([
    ['small', () => new Program([target, '10'], variables(20))],
    ['large', () => new Program([target, '10'], variables(990))],
    ['node', () => new Program([process.execPath, '-e', NODE], env)],
  ]);
  if (has('python')) programs.set('python', () => new Program(['python3', '-c', PYTHON], env));
  const rows: Row[] = [];
  for (const [name, start] of programs) {
    await using program = start();
    rows.push(...(await benchReads(name, Number(await program.line()), floor, plan)));
  }
  return rows;
}

async function benchRows(workshop: Workshop, floor: Floor, { many }: Size): Promise<Row[]> {
  await using parent = new Program([workshop.compile('target'), '10', '1000'], variables(20));
  const pids = (await parent.line()).trim().split(' ').map(Number);
  return await benchMany(pids, floor, many);
}

async function benchTables(workshop: Workshop, floor: Floor, { mounts }: Size): Promise<Row[]> {
  await using reader = new Program([workshop.compile('mountinfo')]);
  return await benchMounts(reader, floor, mounts);
}

type Part = (workshop: Workshop, floor: Floor, size: Size) => Promise<Row[]>;

const PARTS: Readonly<Record<string, Part>> = {
  reads: (workshop, floor, { reads }) => benchProcesses(workshop, floor, reads),
  start: (_workshop, floor, { pairs }) => benchStart(floor, pairs),
  exec: (_workshop, floor, { commands }) => benchExec(floor, commands),
  files: (_workshop, floor, { files }) => benchFiles(floor, files),
  many: benchRows,
  ps: (workshop, floor, { ps }) => benchPs(workshop.compile('target'), floor, ps),
  etcd: (_workshop, floor, { etcd }) => benchEtcd(floor, etcd),
  trail: (workshop, floor, { trail }) => benchTrail(workshop.compile('target'), floor, trail),
  mounts: benchTables,
  watch: (workshop, _floor, { watch }) => benchWatch(workshop.compile('watch'), watch),
};

async function benchAll(size: Size, wanted: (part: string) => boolean) {
  using workshop = new Workshop();
  await using floor = new Floor([workshop.compile('floor')], process.env);
  const rows: Row[] = [];
  for (const [name, part] of Object.entries(PARTS))
    if (wanted(name) && canMeasure(name)) rows.push(...(await part(workshop, floor, size)));
  if (!wanted('memory')) return { rows, memory: null };
  await using program = new Program([workshop.compile('target'), '10'], variables(20));
  return { rows, memory: await benchMemory(Number(await program.line()), size.memory) };
}

function describeMachine(): string {
  const [cpu] = cpus();
  return `${cpu?.model ?? 'unknown processor'} x ${cpus().length}, Linux ${release()}, Node ${process.version}`;
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string', multiple: true } },
});
const { only = [] } = values;
const unknown = only.filter((part) => part !== 'memory' && !Object.hasOwn(PARTS, part));
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join()}; there are ${Object.keys(PARTS).join()}, memory`);
const load = (): number => loadavg()[0] ?? NaN;
const before = { load: load(), time: performance.now() };
const wanted = (part: string): boolean => only.length === 0 || only.includes(part);
const leftOut = describeLeftOut(wanted);
const { rows, memory } = await benchAll(values.quick ? QUICK : FULL, wanted);
const seconds = (performance.now() - before.time) / 1000;
const after = load();

if (values.json) {
  const machine = { description: describeMachine(), loadBefore: before.load, loadAfter: after };
  process.stdout.write(`${JSON.stringify({ machine, leftOut, seconds, rows, memory }, null, 2)}\n`);
} else {
  const lines = [`${describeMachine()}, load ${before.load.toFixed(2)}`, ...leftOut];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.stdout.write(`${toTable(rows)}\n${memory === null ? '' : `${toText(memory)}\n`}`);
  process.stdout.write(`\n${seconds.toFixed(0)} s, load after ${after.toFixed(2)}\n`);
}
