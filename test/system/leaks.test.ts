import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('what many reads leave behind');
const mill = fileURLToPath(new URL('../fixtures/reader-mill.mjs', import.meta.url));
const run = promisify(execFile);
const KIB_ALLOWED = 4_096;
/** The threads of the addon; libuv's own are there from the start. */
const MOST_THREADS = 4;
const timeout = 120_000;

type Holdings = { descriptors: number; threads: number; children: number; residentKiB: number };
type Result = { before: Holdings; warm: Holdings; after: Holdings; outcomes: Record<string, number> };

// A small young generation: V8 enlarges it step by step, and that is not what is looked for.
const options = ['--expose-gc', '--max-semi-space-size=1'];

async function readMany(kind: string, count: number): Promise<Result> {
  await using one = await startHostile(['stopped', 'threads', '4'], { env: { FIRST: '1' } });
  await using two = await startHostile(['stopped', 'threads', '1'], { env: { FIRST: '1' } });
  const args = [...options, mill, kind, count, one.pid, two.pid].map(String);
  const { stdout } = await run(process.execPath, args, { timeout, killSignal: 'SIGKILL' });
  assert.is(await one.send('ping'), 'pong');
  return JSON.parse(stdout) as Result;
}

function assertNothingLeft({ before, warm, after }: Result): void {
  const shown = JSON.stringify({ before, warm, after });
  assert.is(after.descriptors, before.descriptors, `descriptors: ${shown}`);
  assert.is(after.children, 0, `children: ${shown}`);
  assert.ok(after.threads <= before.threads + MOST_THREADS, `threads: ${shown}`);
  assert.ok(after.residentKiB - warm.residentKiB < KIB_ALLOWED, `memory: ${shown}`);
}

type Kind = { fact: string; kind: string; count: number; expected: string[]; root?: boolean };

const kinds: Kind[] = [
  {
    fact: 'single and held reads, batches, and processes that do not exist',
    kind: 'mixed',
    count: 100_000,
    expected: ['ESRCH', 'intact', 'ok'],
  },
  { fact: 'reads that are not permitted', kind: 'denied', count: 10_000, expected: ['EACCES'], root: true },
  { fact: 'reads of stopped processes', kind: 'stop', count: 2_000, expected: ['ok'] },
  { fact: 'processes that are held and dropped without being closed', kind: 'dropped', count: 2_000, expected: ['ok'] },
];

for (const { fact, kind, count, expected, root = false } of kinds) {
  test(
    `${count} ${fact}: no descriptor, thread, child or memory`,
    async () => {
      const result = await readMany(kind, count);
      assertNothingLeft(result);
      assert.equal(Object.keys(result.outcomes).sort(), expected, JSON.stringify(result.outcomes));
      const sum = Object.values(result.outcomes).reduce((a, b) => a + b);
      assert.ok(sum >= count, `only ${sum} reads`);
    },
    { skip: unfit({ root }), timeout },
  );
}

test.run();
