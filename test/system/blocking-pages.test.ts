import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import { hostile, type Read, startHostile, texts, unfit } from '../helpers/hostile.ts';
import { readElsewhere } from '../helpers/other-reader.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';

const test = suite('pages that hold up their reader');
const skip = unfit({ root: true });
const env = { FIRST: '1', BIG: 'x'.repeat(65_536) };
const honest = ['HONEST=1', 'ALSO=two'];
const owners = ['userfaultfd', 'fuse-private', 'fuse-shared'];
const places = ['vector', 'string', 'rest-of-vector', 'initial', 'program-headers', 'link-map'];
const TIMEOUT = 500;
const LATEST = 1_500;
const LONGEST_PAUSE = 250;

const start = (owner: string, place: string) => startHostile(['blocking', owner, place], { env });

type Outcome = { read: Read } | { error: Error & { code?: string } };

async function attempt(pid: number, timeout = TIMEOUT): Promise<Outcome> {
  const limit = timeout + LATEST - TIMEOUT;
  const reading: Promise<Outcome> = readEnvironment(pid, { timeout }).then(
    (read) => ({ read }),
    (error: Error) => ({ error }),
  );
  const outcome = await within(limit, reading);
  assert.ok(outcome, `with a timeout of ${timeout} ms the read was not over after ${limit} ms`);
  return outcome;
}

async function within<T>(limit: number, promise: Promise<T>): Promise<T | undefined> {
  const cancel = new AbortController();
  const late = wait(limit, undefined, { signal: cancel.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel.abort();
  }
}

/** The longest that JavaScript's own timers, and its reading of files, were held up while `body` ran. */
async function longestPause(body: () => Promise<void>): Promise<number> {
  let [over, longest] = [false, 0];
  const watch = async (act: () => Promise<unknown>) => {
    while (!over) {
      const begun = performance.now();
      await act();
      longest = Math.max(longest, performance.now() - begun);
    }
  };
  const watches = [watch(() => wait(5)), watch(async () => Promise.all([readFile('/proc/self/stat'), wait(1)]))];
  await body().finally(() => {
    over = true;
  });
  await Promise.all(watches);
  return longest;
}

function assertNoInvention(outcome: Outcome): void {
  if ('error' in outcome) {
    assert.is(outcome.error.code, 'ETIMEDOUT', outcome.error.message);
    return;
  }
  const { initial, live } = outcome.read;
  if (live?.state === 'ok') assert.equal(texts(live), honest);
  else assert.ok(live?.reason, `${live?.state} without a reason`);
  if (initial?.state === 'intact') assert.equal(texts(initial), ['FIRST=1', `BIG=${env.BIG}`]);
  else assert.ok(initial?.reason, `${initial?.state} without a reason`);
}

/** /proc/PID/cmdline needs the lock that a page fault of a reader of /proc/PID/mem keeps as long as it waits. */
async function isUsable(pid: number): Promise<boolean> {
  return (await within(1_000, readFile(`/proc/${pid}/cmdline`))) !== undefined;
}

for (const owner of owners) {
  for (const place of places) {
    test(
      `reads in time and invents nothing: ${owner}, ${place}`,
      async () => {
        await using target = await start(owner, place);
        const pause = await longestPause(async () => assertNoInvention(await attempt(target.pid)));
        assert.ok(pause < LONGEST_PAUSE, `JavaScript was held up for ${Math.round(pause)} ms`);
      },
      { skip },
    );
  }

  test(
    `reads in time while pages are swapped: ${owner}`,
    async () => {
      await using target = await start(owner, 'race');
      for (let i = 0; i < 20; i++) {
        const outcomes = await Promise.all(Array.from({ length: 5 }, () => attempt(target.pid, 100)));
        outcomes.forEach(assertNoInvention);
      }
    },
    { skip },
  );

  test(
    `leaves the target usable to others while pages are swapped: ${owner}`,
    async () => {
      await using target = await start(owner, 'race');
      for (let i = 0; i < 30; i++) {
        await Promise.all(Array.from({ length: 2 }, () => attempt(target.pid, 100)));
        assert.ok(await isUsable(target.pid), `ps would hang: /proc/${target.pid}/cmdline blocks, in round ${i}`);
      }
    },
    { skip },
  );

  test(
    `fifty reads that wait do not hold up an ordinary one: ${owner}`,
    async () => {
      await using blocked = await start(owner, 'vector');
      await using ordinary = await Target.start([await hostile('plain')], { env: { FIRST: '1' } });
      const waiting = Array.from({ length: 50 }, () => attempt(blocked.pid, 1_500));
      const begun = performance.now();
      const { live } = await readEnvironment(ordinary.pid);
      const took = performance.now() - begun;
      (await Promise.all(waiting)).forEach(assertNoInvention);
      assert.equal(texts(live), ['FIRST=1', 'LIVE=1']);
      assert.ok(took < 1_000, `the ordinary read took ${Math.round(took)} ms`);
    },
    { skip },
  );

  test(
    `can be aborted while it waits: ${owner}`,
    async () => {
      await using target = await start(owner, 'vector');
      const begun = performance.now();
      const signal = AbortSignal.timeout(50);
      const reading = readEnvironment(target.pid, { timeout: 5_000, signal });
      const settled = await Promise.allSettled([reading]);
      if (settled[0].status === 'rejected') await rejects(reading, { name: 'TimeoutError' });
      else assert.is.not(settled[0].value.live?.state, 'ok');
      assert.ok(performance.now() - begun < 1_000, 'the read went on after it was aborted');
    },
    { skip },
  );

  test(
    `a process whose read still waits can end: ${owner}`,
    async () => {
      await using target = await start(owner, 'vector');
      const begun = performance.now();
      const outcome = await readElsewhere(target.pid);
      assert.is.not(outcome.live, 'ok');
      assert.ok(performance.now() - begun < 10_000, 'the reader did not end');
    },
    { skip },
  );
}

test(
  'leaves no thread and no process behind once the targets are gone',
  async () => {
    const before = own();
    for (const owner of owners) {
      await using target = await start(owner, 'vector');
      await Promise.all(Array.from({ length: 8 }, () => attempt(target.pid, 100)));
    }
    const limit = performance.now() + 2_000;
    while (own() > before + 1 && performance.now() < limit) await wait(20);
    assert.ok(own() <= before + 1, `${before} threads and children before, ${own()} after`);
  },
  { skip },
);

/** Threads and children of this process. */
function own(): number {
  const threads = readdirSync('/proc/self/task');
  const children = threads.map((tid) => readFileSync(`/proc/self/task/${tid}/children`, 'latin1').trim());
  return threads.length + children.filter(Boolean).flatMap((list) => list.split(' ')).length;
}

test.run();
