import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Finding } from '../../../lib/index.ts';
import { ScanChild } from '../../../lib/trail/scan/scan-child.ts';
import { type Batch, Scanner, type ScannerOptions } from '../../../lib/trail/scan/scanner.ts';
import { suite } from '../../helpers/suite.ts';
import { eventually } from '../../helpers/threads.ts';

const test = suite('trail: scanner');
const path = fileURLToPath(new URL('../../fixtures/scan-child.mjs', import.meta.url));

const batchOf = (...pids: number[]): Batch => ({
  processes: pids.map((pid) => ({ pid, startTime: 1n, containerId: null })),
  containers: [],
});

interface Ran {
  readonly seen: number[];
  readonly lost: [pid: number, reason: string][];
  readonly children: ScanChild[];
  readonly findings: Finding[];
  readonly packed: Buffer[];
  readonly error: unknown;
}

async function run(batches: readonly Batch[], options: Partial<ScannerOptions> = {}, program = path): Promise<Ran> {
  const ran = { seen: [], lost: [], children: [], findings: [], packed: [] } as Omit<Ran, 'error'>;
  const start = async (): Promise<ScanChild> => {
    const child = await ScanChild.start({ path: program, flags: [] });
    ran.children.push(child);
    return child;
  };
  const outcome = {
    seen: ({ processes }: Batch, { findings }: { findings: readonly Finding[] }) => {
      ran.seen.push(...processes.map(({ pid }) => pid));
      ran.findings.push(...findings);
    },
    lost: ({ processes }: Batch, reason: string) => {
      ran.lost.push(...processes.map(({ pid }): [number, string] => [pid, reason]));
    },
  };
  const pack = (): Buffer => {
    const values = Buffer.from('the-first-valuethe-second-value');
    ran.packed.push(values);
    return values;
  };
  const begin = {
    kind: 'begin',
    parent: process.pid,
    lengths: Uint32Array.of(15, 16),
    distinctive: [0, 1],
    variables: [],
    timeout: 100,
    host: null,
    stateDirectories: {},
  } as const;
  const all = { stall: 10_000, timeout: 25_000, signal: undefined, start, ...options };
  const error: unknown = await new Scanner(batches, outcome, all).run(start(), { begin, pack }).then(
    () => null,
    (reason: unknown) => reason,
  );
  ran.seen.sort((one, other) => one - other);
  return { ...ran, error };
}

async function assertEnded({ children }: Ran): Promise<void> {
  for (const { pid } of children) {
    await eventually(
      () => !existsSync(`/proc/${pid}`),
      () => `the child ${pid} is still there`,
    );
  }
}

test('has all batches looked at by one child, which ends', async () => {
  const ran = await run([batchOf(1, 2, 3), batchOf(4), batchOf(5, 6), batchOf(7, 8)]);
  assert.equal([ran.error, ran.seen, ran.lost, ran.children.length], [null, [1, 2, 3, 4, 5, 6, 7, 8], [], 1]);
  await assertEnded(ran);
});

test('a process that keeps the child waiting costs its own row', async () => {
  const ran = await run([batchOf(1, 666, 2), batchOf(3, 4)], { stall: 700 });
  assert.equal([ran.error, ran.seen], [null, [1, 2, 3, 4]]);
  assert.equal(ran.lost, [[666, 'nothing was heard of it for 700 ms']]);
  assert.is(ran.children.length, 3, 'one lost with the batch, one with the process, one for the rest');
  await assertEnded(ran);
});

test('a process that ends the child costs its own row', async () => {
  const ran = await run([batchOf(1, 667, 2)]);
  assert.equal([ran.error, ran.seen], [null, [1, 2]]);
  assert.equal(ran.lost, [[667, 'the process of podprobe that looked at it exited with code 7']]);
});

test('a batch that takes longer is waited for while its child comes further with it', async () => {
  const ran = await run([batchOf(1, 669, 2)], { stall: 1_000 });
  assert.equal([ran.error, ran.seen, ran.lost, ran.children.length], [null, [1, 2, 669], [], 1]);
});

test('when the time for all is up, what is left is told as lost', async () => {
  const ran = await run([batchOf(1), batchOf(666), batchOf(2, 3), batchOf(4, 5), batchOf(6)], { timeout: 1500 });
  assert.is(ran.error, null);
  const told = [...ran.seen, ...ran.lost.map(([pid]) => pid)].sort((one, other) => one - other);
  assert.equal(told, [1, 2, 3, 4, 5, 6, 666]);
  assert.ok(ran.lost.some(([pid, reason]) => pid === 666 && reason.startsWith('the time for the whole scan was up')));
  await assertEnded(ran);
});

test('rejects with the reason when it is aborted, and its child ends', async () => {
  const controller = new AbortController();
  const running = run([batchOf(666)], { signal: controller.signal });
  setImmediate(() => controller.abort(new Error('enough')));
  const ran = await running;
  assert.is((ran.error as Error).message, 'enough');
  await assertEnded(ran);
});

test('the child gets the values through a pipe, and nothing of our environment or command line', async () => {
  process.env.PODPROBE_TEST_PASSWORD = 'not for the child';
  try {
    const { findings, packed } = await run([batchOf(1)]);
    const started = JSON.parse(findings[0]?.message ?? '') as { argv: string[]; env: string[]; bytes: number };
    assert.equal([started.argv, started.bytes], [[], 31]);
    const others = started.env.filter((name) => !['PODPROBE_BUILD', 'NODE_V8_COVERAGE'].includes(name));
    assert.equal(others, []);
    assert.ok(
      packed.every((values) => values.every((byte) => byte === 0)),
      'values are left in memory',
    );
  } finally {
    delete process.env.PODPROBE_TEST_PASSWORD;
  }
});

test('says what a child said that could not be started', async () => {
  const { error } = await run([batchOf(1)], {}, `${path}.not-there`);
  assert.match((error as Error).message, /^the process that scans exited with code 1: .*Cannot find module/s);
});

test.run();
