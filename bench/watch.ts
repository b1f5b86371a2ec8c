import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { has } from './left-out.ts';
import { here } from './programs.ts';
import { Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

export interface WatchPlan {
  readonly rounds: number;
  readonly swaps: number;
}

const PAUSE = 10_000;
/** Generations at the start of a round that do not count. */
const WARM_UP = 100;
const OURS = 'podprobe';
/** It sleeps until the rename, and the other one is awake by then, as podprobe is. */
const FLOOR = 'C inotify loop';
const EARLY = 'the same, woken early';
const PEERS = ['fs.watch', 'chokidar', '@parcel/watcher'];
const OTHERS = has('inotifywait') ? [...PEERS, 'inotifywait'] : PEERS;
const WAYS = [FLOOR, EARLY, OURS, ...OTHERS];

type Sighting = { readonly told: number; readonly read: number };

/** Lines of a program as they come. */
function start(argv: readonly string[]) {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

function argvOf(way: string, program: string, directory: string): string[] {
  if (way === FLOOR) return [program, 'read', directory];
  if (way === EARLY) return [program, 'read-early', directory];
  return [process.execPath, '--import', 'tsx', here('watch-reader.ts'), way, directory];
}

async function readAll(lines: AsyncIterator<string>): Promise<Map<string, bigint[]>> {
  const all = new Map<string, bigint[]>();
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) return all;
    const [number = '', ...times] = String(value).split(' ');
    all.set(number, times.map(BigInt));
  }
}

/** One reader, and so many generations; microseconds from the rename, a sighting for each that was seen. */
async function watchOnce(
  way: string,
  program: string,
  directory: string,
  swaps: number,
): Promise<Map<number, Sighting>> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const reader = start([program, 'elsewhere', ...argvOf(way, program, directory)]);
  await reader.lines.next();
  const writer = start([program, 'write', directory, String(WARM_UP + swaps), String(PAUSE)]);
  await writer.lines.next();
  writer.child.stdin.end('go\n');
  const renamed = await readAll(writer.lines);
  // a rename, which wakes the reader in C
  writeFileSync(join(directory, 'end.new'), '');
  renameSync(join(directory, 'end.new'), join(directory, 'end'));
  const sightings = new Map<number, Sighting>();
  for (const [number, [told, read]] of await readAll(reader.lines)) {
    const at = renamed.get(number)?.[0];
    if (at === undefined || Number(number) <= WARM_UP || told === undefined || read === undefined) continue;
    sightings.set(Number(number), { told: Number(told - at) / 1000, read: Number(read - at) / 1000 });
  }
  return sightings;
}

/**
 * Time from the rename of a new generation to a program's being told, and to its having all values.
 *
 * When they are told, the peers know that a name has changed; this library has read one consistent generation by then.
 */
export async function benchWatch(program: string, { rounds, swaps }: WatchPlan): Promise<Row[]> {
  const directory = join(mkdtempSync('/dev/shm/podprobe-bench-'), 'volume');
  const [told, read] = [new Series(), new Series()];
  const seen = new Map<string, number>();
  const last = new Map<string, boolean>();
  for (let round = 0; round < rounds; ++round) {
    for (const way of WAYS) {
      const sightings = [...(await watchOnce(way, program, directory, swaps))];
      told.add(
        way,
        sightings.map(([, sighting]) => sighting.told),
      );
      read.add(
        way,
        sightings.map(([, sighting]) => sighting.read),
      );
      seen.set(way, (seen.get(way) ?? 0) + sightings.length);
      last.set(way, last.get(way) !== false && sightings.some(([number]) => number === WARM_UP + swaps));
    }
  }
  rmSync(join(directory, '..'), { recursive: true, force: true });
  const group = (what: string): string => `${rounds * swaps} generations of a volume, 10 ms apart: ${what}`;
  const rowsOf = (series: Series, what: string): Row[] => {
    const ours = [{ to: FLOOR, below: 3 }, ...PEERS.map((to) => ({ to, below: 1 }))];
    const row = (way: string): Row => {
      const note = last.get(way) === true ? '' : ', last one missed';
      const one = toRow(series, group(what), way, way === OURS ? ours : [{ to: FLOOR }]);
      return { ...one, what: `${way} (${seen.get(way)} seen${note})` };
    };
    return WAYS.map(row);
  };
  return [
    ...rowsOf(told, 'rename to callback, which has the values already with podprobe alone'),
    ...rowsOf(read, 'rename to all values'),
  ];
}
