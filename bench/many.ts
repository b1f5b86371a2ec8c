import { decode, readEnvironments } from './library.ts';
import type { Floor } from './programs.ts';
import { sample, Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

const FLOOR = "the floor's loop";
const MANY = 'readEnvironments(pids)';

async function describe(pids: readonly number[]): Promise<string> {
  const results = await readEnvironments(pids);
  const lives = results.map((result) => (result.status === 'fulfilled' ? result.value.live : null));
  const good = lives.filter((live) => live?.state === 'ok').length;
  const moved = lives.filter((live) => live?.region === '[heap]').length;
  return `${pids.length} processes: ${good} read, ${moved} of them with environ on the heap`;
}

/** One call for many processes, in turn with the floor over the same. */
export async function benchMany(pids: readonly number[], floor: Floor, rounds: number): Promise<Row[]> {
  const group = await describe(pids);
  const series = new Series();
  const decoded = `${MANY} + entries`;
  for (let round = 0; round < rounds; ++round) {
    series.add(FLOOR, await floor.measure(3, pids));
    series.add(MANY, await sample(1, 0, () => readEnvironments(pids)));
    series.add(
      decoded,
      await sample(1, 0, async () => {
        for (const result of await readEnvironments(pids)) {
          if (result.status === 'fulfilled') decode(result.value);
        }
      }),
    );
  }
  return [
    toRow(series, group, FLOOR),
    toRow(series, group, MANY, [{ to: FLOOR, below: 12 }]),
    toRow(series, group, decoded, [{ to: FLOOR }]),
  ];
}
