import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scanNode } from './library.ts';
import { type Floor, Program } from './programs.ts';
import { sample, Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

/** How many processes there are, how many values are looked for, and how often. */
export interface TrailPlan {
  readonly processes: readonly number[];
  readonly values: readonly number[];
  readonly rounds: number;
}

/** Values as applications have them: 20 to 60 bytes, none of them anywhere. */
function makeValues(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`value-${i}-${'not there '.repeat(1 + (i % 5))}`));
}

/** A file of patterns for grep(1), a line each. */
class Patterns implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'podprobe-bench-'));
  readonly path = join(this.#directory, 'patterns');

  constructor(values: readonly Buffer[]) {
    writeFileSync(this.path, values.map((value) => `${value.toString()}\n`).join(''));
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function benchScan(group: string, count: number, floor: Floor, rounds: number): Promise<Row[]> {
  const values = makeValues(count);
  using patterns = new Patterns(values);
  const request = { values, distinctive: new Set(values.keys()), variables: new Map() };
  const series = new Series();
  const [grep, scan] = [`grep -F, ${count} values`, `scanNode, ${count} values`];
  const command = `grep -laF -f '${patterns.path}' /proc/[0-9]*/environ 2>/dev/null || true`;
  for (let round = 0; round < rounds; ++round) {
    series.add(grep, [await floor.run(['sh', '-c', command])]);
    series.add(scan, await sample(1, 0, () => scanNode(request)));
  }
  return [toRow(series, group, grep), toRow(series, group, scan, [{ to: grep }])];
}

/**
 * The scan of a node with so many processes of 20 variables each, for so many values; beside it what grep(1) takes to look
 * through the environments of their start alone.
 */
export async function benchTrail(target: string, floor: Floor, plan: TrailPlan): Promise<Row[]> {
  const env = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`VARIABLE_${i}`, `what number ${i} is set to`]));
  const rows: Row[] = [];
  for (const processes of plan.processes) {
    await using program = new Program([target, '10', String(processes)], env);
    await program.line();
    for (const count of plan.values) {
      rows.push(...(await benchScan(`${processes} processes more`, count, floor, plan.rounds)));
    }
  }
  return rows;
}
