import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { readEnvironments } from '../../lib/index.ts';
import { startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import type { Target } from '../helpers/target.ts';
import { assertFree } from '../helpers/threads.ts';

const test = suite('the end of a Worker, and of the program, during reads');
const skip = unfit();
const skipUnprivileged = unfit({ root: true });
const reads = fileURLToPath(new URL('../fixtures/reads.mjs', import.meta.url));
const worker = new URL('../fixtures/worker.mjs', import.meta.url);
const owners = ['userfaultfd', 'fuse-private', 'fuse-shared'];
const places = ['vector', 'string', 'race'];
const TERMINATIONS = Number(process.env.PODPROBE_TERMINATIONS ?? 250);
const EXITS = Number(process.env.PODPROBE_EXITS ?? 100);
/** Far longer than any of them takes: what reaches it hangs. */
const LONGEST_LIFE = 50_000;

const startPlain = (threads = 4) => startHostile(['stopped', 'threads', String(threads)], { env: { FIRST: '1' } });
const startBlocking = (owner: string, place: string) => startHostile(['blocking', owner, place], { env: {} });

type Life = { code: number | null; signal: string | null; output: string; took: number };

/** Runs reads.mjs to its end; a program that hangs is ended, and the signal tells. */
async function live(...words: readonly (string | number)[]): Promise<Life> {
  const begun = performance.now();
  const child = spawn(process.execPath, [reads, ...words.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_LIFE,
    killSignal: 'SIGABRT',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, output: output.trim(), took: performance.now() - begun };
}

function assertEnded({ code, signal, output }: Life, expected: number): void {
  assert.equal([code, signal], [expected, null], output);
}

async function assertUnharmed(target: Target): Promise<void> {
  await assertFree(target.pid);
  assert.is(await target.send('ping'), 'pong');
}

test(
  `ends ${TERMINATIONS} Workers at random moments of all kinds of reads`,
  async () => {
    await using one = await startPlain();
    await using two = await startPlain(1);
    const life = await live('terminate', TERMINATIONS, one.pid, two.pid);
    assertEnded(life, 0);
    assert.is(life.output, `${TERMINATIONS} ended, 4 good`);
    await assertUnharmed(one);
    await assertUnharmed(two);
  },
  { skip, timeout: 60_000 },
);

test(
  `calls process.exit() during all kinds of reads, ${EXITS} times`,
  async () => {
    await using target = await startPlain();
    let left = EXITS;
    const lane = async () => {
      while (left-- > 0) assertEnded(await live('exit', Math.round(Math.random() * 40), target.pid), 7);
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    await assertUnharmed(target);
  },
  { skip, timeout: 90_000 },
);

for (const owner of owners) {
  for (const place of places) {
    test(
      `calls process.exit() during reads of pages that hold it up: ${owner}, ${place}`,
      async () => {
        await using target = await startBlocking(owner, place);
        for (const delay of [0, 60]) {
          const life = await live('exit', delay, target.pid);
          assertEnded(life, 7);
          assert.ok(life.took < 5_000, `it took ${Math.round(life.took)} ms`);
        }
      },
      { skip: skipUnprivileged },
    );
  }

  test(
    `ends a Worker, the only one to load the addon, while its reads are held up: ${owner}`,
    async () => {
      await using vector = await startBlocking(owner, 'vector');
      await using race = await startBlocking(owner, 'race');
      const life = await live('worker-only', ...Array.from({ length: 8 }, () => [vector.pid, race.pid]).flat());
      assertEnded(life, 0);
      assert.is(life.output, 'the worker has ended');
    },
    { skip: skipUnprivileged },
  );
}

test(
  'stays alive until the last read has its outcome',
  async () => {
    await using plain = await startPlain();
    const life = await live('pending', plain.pid);
    assertEnded(life, 0);
    assert.is(life.output, 'ok');
  },
  { skip },
);

test(
  'stays alive until a read that is held up has timed out, and no longer',
  async () => {
    await using target = await startBlocking('userfaultfd', 'race');
    for (let i = 0; i < 5; i++) {
      const life = await live('pending', target.pid);
      assertEnded(life, 0);
      assert.match(life.output, /^(ok|unknown|unstable|unreadable|ETIMEDOUT)$/);
      assert.ok(life.took < 5_000, `it took ${Math.round(life.took)} ms`);
    }
  },
  { skip: skipUnprivileged },
);

async function readInWorker(pids: number[]): Promise<number> {
  const reader = new Worker(worker, { workerData: { mode: 'once', pids }, execArgv: [] });
  await once(reader, 'message');
  const [good] = (await once(reader, 'message')) as [number];
  await once(reader, 'exit');
  return good;
}

test(
  'reads in two Workers and the main thread at the same time',
  async () => {
    await using target = await startPlain();
    const pids = Array.from({ length: 2_000 }, () => target.pid);
    const own = readEnvironments(pids).then((all) => all.filter(({ status }) => status === 'fulfilled').length);
    const counts = await Promise.all([own, readInWorker(pids), readInWorker(pids)]);
    assert.equal(counts, [2_000, 2_000, 2_000]);
  },
  { skip },
);

test.run();
