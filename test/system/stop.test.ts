import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../lib/index.ts';
import { assertInitial, assertLive, readBounded, startHostile, texts, unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import type { Target } from '../helpers/target.ts';
import { assertFree, threadsOf, waitForState } from '../helpers/threads.ts';

const test = suite('stopped reads');
const skip = unfit();
const env = { FIRST: '1', SECOND: '2' };
const given = ['FIRST=1', 'SECOND=2'];
const live = [...given, 'LIVE=1'];
const DEFAULT_BOUND = 50;
const PATIENT = 1_000;

const start = (mode: string, count = 1) => startHostile(['stopped', mode, String(count)], { env });

/** The bound is long: on a busy machine a thread may wait for its turn to stop. */
async function assertRight(pid: number, stop: boolean | number = PATIENT): Promise<void> {
  const read = await readBounded(pid, { stop });
  assertInitial(read.initial, 'intact', given);
  assertLive(read.live, live);
}

async function assertUnharmed(target: Target): Promise<void> {
  await assertFree(target.pid);
  assert.is(await target.send('ping'), 'pong');
}

/** The pids that were seen to trace the target while it was read again and again. */
async function tracersDuring(pid: number, read: () => Promise<unknown>): Promise<Set<number>> {
  const seen = new Set<number>();
  for (let i = 0; i < 500 && seen.size === 0; i++) {
    let over = false;
    const reading = read().finally(() => {
      over = true;
    });
    while (!over) {
      for (const { tracer } of threadsOf(pid)) seen.add(tracer);
      seen.delete(0);
      await new Promise(setImmediate);
    }
    await reading;
  }
  return seen;
}

const shapes: Record<string, readonly [mode: string, count?: number]> = {
  'one thread': ['threads', 1],
  '64 threads': ['threads', 64],
  'a session of its own': ['session'],
};

for (const [what, [mode, count]] of Object.entries(shapes)) {
  test(
    `reads a process with ${what} and lets it go on`,
    async () => {
      await using target = await start(mode, count);
      for (let i = 0; i < 20; i++) await assertRight(target.pid);
      await assertUnharmed(target);
    },
    { skip },
  );
}

test(
  'does stop what it reads, with a task that is not a thread of this process',
  async () => {
    await using target = await start('threads', 64);
    const tracers = await tracersDuring(target.pid, () => assertRight(target.pid));
    assert.ok(tracers.size > 0, 'the target was never seen to be traced');
    assert.not(
      tracers.has(process.pid),
      'this process itself is the tracer: its wait(2) sees the stops of its children',
    );
  },
  { skip },
);

test(
  'does not stop what it was not asked to stop',
  async () => {
    await using target = await start('threads', 64);
    let reads = 0;
    const tracers = await tracersDuring(target.pid, async () => {
      reads++;
      assertLive((await readEnvironment(target.pid)).live, live);
    });
    assert.equal([tracers.size, reads], [0, 500]);
  },
  { skip },
);

test(
  'reads a process whose threads come and go',
  async () => {
    await using target = await start('churn', 4);
    for (let i = 0; i < 500; i++) await assertRight(target.pid);
    await assertUnharmed(target);
  },
  { skip },
);

test(
  'reads a process whose leading thread is gone',
  async () => {
    await using target = await startHostile(['plain', 'leader-exited'], { env });
    await assertRight(target.pid);
    await assertFree(target.pid);
  },
  { skip },
);

test(
  'leaves a process stopped that was stopped before',
  async () => {
    await using target = await start('threads', 8);
    let answered = false;
    process.kill(target.pid, 'SIGSTOP');
    try {
      await waitForState(target.pid, 'T');
      void target.send('ping').then(() => (answered = true));
      for (let i = 0; i < 20; i++) {
        await assertRight(target.pid);
        // let go by its tracer, it needs a moment on a processor to stop anew
        await waitForState(target.pid, 'T');
      }
      assert.equal([...new Set(threadsOf(target.pid).map(({ tracer }) => tracer))], [0]);
      assert.not(answered, 'it ran in between');
    } finally {
      process.kill(target.pid, 'SIGCONT');
    }
    await assertUnharmed(target);
  },
  { skip },
);

for (const count of [1, 16]) {
  test(
    `takes no signal from a process that gets them without a pause: ${count} threads`,
    async () => {
      await using target = await start('threads', count);
      assert.is(await target.send('signals'), 'ok');
      for (let i = 0; i < 1_000; i++) await assertRight(target.pid);
      const [sent = 0, handled = 0] = (await target.send('count')).split(' ').map(Number);
      assert.ok(sent > 10_000, `only ${sent} signals were sent`);
      assert.is(handled, sent);
      await assertUnharmed(target);
    },
    { skip, timeout: 60_000 },
  );
}

test(
  'lets several reads stop one process at the same time',
  async () => {
    await using target = await start('threads', 8);
    for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 4 }, () => assertRight(target.pid)));
    await assertUnharmed(target);
  },
  { skip },
);

test(
  'says of a process that is being traced that it is, and by whom',
  async () => {
    await using target = await start('traced');
    const [tracer] = threadsOf(target.pid).map((thread) => thread.tracer);
    assert.ok(tracer, 'the fixture is not traced');
    const error = await rejects(readEnvironment(target.pid, { stop: true }), {
      code: 'EPERM',
      pid: target.pid,
      message: /traced/i,
    });
    assert.match(error.message, new RegExp(`\\b${tracer}\\b`));
    assertLive((await readEnvironment(target.pid)).live, live);
    assert.is(await target.send('ping'), 'pong');
    assert.is(threadsOf(target.pid)[0]?.tracer, tracer, 'the tracer has lost its process');
  },
  { skip },
);

test(
  'gives up on a process of which a thread cannot be stopped, and lets it go on',
  async () => {
    await using target = await start('vfork-parent');
    assert.ok(
      threadsOf(target.pid).some(({ state }) => state === 'D'),
      'no thread waits uninterruptibly',
    );
    for (const [stop, bound] of [[true, DEFAULT_BOUND] as const, [10, 10] as const]) {
      const begun = performance.now();
      await rejects(readEnvironment(target.pid, { stop }), { code: 'ETIMEDOUT', pid: target.pid });
      const took = performance.now() - begun;
      assert.ok(took >= bound - 1 && took < bound + 150, `with stop: ${stop} it took ${Math.round(took)} ms`);
      await assertUnharmed(target);
    }
    assert.is(await target.send('release'), 'ok');
    await assertRight(target.pid);
  },
  { skip },
);

test(
  'does not stop the process that reads',
  async () => {
    const begun = performance.now();
    const outcome = await readEnvironment(process.pid, { stop: true }).catch((error: Error) => error);
    const took = performance.now() - begun;
    if (outcome instanceof Error) assert.match(outcome.message, /itself|own|this process/i);
    else assert.ok(texts(outcome.live).length > 0);
    assert.ok(took < DEFAULT_BOUND, `it stood still for up to ${Math.round(took)} ms`);
  },
  { skip },
);

for (const stop of [-1, 0, 0.5, 10_001, NaN, Infinity, '50', null]) {
  test(`refuses to stop for ${inspect(stop)}`, async () => {
    const options = { stop } as unknown as { stop: number };
    await rejects(readEnvironment(process.pid, options), { code: 'ERR_INVALID_ARG_VALUE', option: 'stop' });
  });
}

for (const stop of [true, 1, 10_000]) {
  test(
    `stops for ${stop === true ? 'as long as is usual' : `${stop} ms at most`}`,
    async () => {
      await using target = await start('threads', 1);
      const read = await readEnvironment(target.pid, { stop }).catch((error: Error & { code?: string }) => error);
      // where the machine is busy, that can be too short
      if (read instanceof Error) assert.is(stop === 10_000 ? '' : read.code, 'ETIMEDOUT', read.message);
      else assertLive(read.live, live);
      await assertUnharmed(target);
    },
    { skip },
  );
}

test.run();
