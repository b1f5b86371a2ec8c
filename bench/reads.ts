import { has } from './left-out.ts';
import { decode, openProcess, readEnvironment } from './library.ts';
import { type Floor, here, run } from './programs.ts';
import { sample, Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

export interface Plan {
  readonly rounds: number;
  readonly reads: number;
  /** Rounds in which whole programs are run too. */
  readonly programs: number;
}

const FLOOR = 'floor';
const BY_PID = 'readEnvironment(pid)';
const HELD = 'readEnvironment(held)';
const CAT = 'cat';
const GDB = 'gdb';
const WARM_UP = 20;

const gdb = has('gdb');

async function readByPrograms(series: Series, pid: number, floor: Floor): Promise<void> {
  series.add(CAT, [await floor.run(['cat', `/proc/${pid}/environ`])]);
  if (gdb) series.add(GDB, [await floor.run(['gdb', ...gdbArguments(pid)])]);
}

function gdbArguments(pid: number): string[] {
  return ['-nx', '-batch', '-p', `${pid}`, '-x', here('environ.gdb')];
}

async function readInRounds(pid: number, floor: Floor, plan: Plan): Promise<Series> {
  const series = new Series();
  await using held = await openProcess(pid);
  for (let round = 0; round < plan.rounds; ++round) {
    const take = async (name: string, action: () => unknown): Promise<void> =>
      series.add(name, await sample(plan.reads, WARM_UP, action));
    series.add(FLOOR, await floor.measure(plan.reads, [pid]));
    await take(BY_PID, () => readEnvironment(pid));
    await take(HELD, () => readEnvironment(held));
    await take(`${BY_PID} + entries`, async () => decode(await readEnvironment(pid)));
    await take(`${HELD} + entries`, async () => decode(await readEnvironment(held)));
    if (round < plan.programs) await readByPrograms(series, pid, floor);
  }
  return series;
}

/** What the rows of this process are worth: the answers of all readers, compared before anything is measured. */
async function describe(pid: number): Promise<string> {
  const { live } = await readEnvironment(pid);
  if (live?.state !== 'ok') return `live: ${live?.state}, ${live?.reason}`;
  const printed = gdb ? (await run('gdb', gdbArguments(pid))).match(/^0x[0-9a-f]+:\t"/gm)?.length : live.length;
  const doubt = printed === live.length ? '' : `; gdb prints ${printed}`;
  return `${live.length} variables in ${live.region}, found by ${live.locator}${doubt}`;
}

/** All the ways to read one process, in turn. */
export async function benchReads(name: string, pid: number, floor: Floor, plan: Plan): Promise<Row[]> {
  const group = `${name}: ${await describe(pid)}`;
  const series = await readInRounds(pid, floor, plan);
  const row = (what: string, ...comparisons: Parameters<typeof toRow>[3] & object): Row =>
    toRow(series, group, what, comparisons);
  const byPrograms = [
    { to: GDB, speedup: true },
    { to: CAT, speedup: true },
  ];
  const rows = [
    row(FLOOR),
    row(BY_PID, { to: FLOOR, below: 60 }, { to: GDB, faster: 300 }, { to: CAT, speedup: true }),
    row(HELD, { to: FLOOR, below: 25 }, ...byPrograms),
    row(`${BY_PID} + entries`, { to: FLOOR }, ...byPrograms),
    row(`${HELD} + entries`, { to: FLOOR }, ...byPrograms),
    row(CAT, { to: FLOOR }),
  ];
  return gdb ? [...rows, row(GDB, { to: FLOOR })] : rows;
}
