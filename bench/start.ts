import { type Floor, here } from './programs.ts';
import { Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

const NODE = 'node -e 0';
const PODPROBE = 'podprobe --version';

/** The command line from its start to its end, in turn with Node alone. */
export async function benchStart(floor: Floor, pairs: number): Promise<Row[]> {
  const series = new Series();
  const commands = { [NODE]: ['-e', '0'], [PODPROBE]: [here('../dist/podprobe.cjs'), '--version'] };
  for (let pair = -2; pair < pairs; ++pair) {
    for (const [name, args] of Object.entries(commands)) {
      const took = await floor.run([process.execPath, ...args]);
      if (pair >= 0) series.add(name, [took]);
    }
  }
  const group = 'start of the command line';
  return [toRow(series, group, NODE), toRow(series, group, PODPROBE, [{ to: NODE, below: 1.6 }])];
}
