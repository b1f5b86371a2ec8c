import { getEventListeners } from 'node:events';
import * as assert from 'uvu/assert';
import { openProcess, readEnvironment, readEnvironments } from '../../lib/index.ts';
import { startHostile, unfit } from '../helpers/hostile.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('options of a read');
const self = process.pid;
const many = Array.from({ length: 2_000 }, () => self);
const SOON = 1_000;

const nonBooleans = [1, 0, 'true', null, {}];
const nonNumbers = [0, -1, 1.5, NaN, Infinity, '5', 5n, null, {}];
const bad: Record<string, unknown[]> = {
  initial: nonBooleans,
  live: nonBooleans,
  stop: [...nonNumbers, 10_001],
  timeout: [...nonNumbers, true, false, 3_600_001],
  signal: [{}, 'abort', 1, new AbortController()],
};

for (const [option, values] of Object.entries(bad)) {
  for (const [i, value] of values.entries()) {
    test(`refuses ${option}: ${typeof value} ${String(value)} (${i})`, async () => {
      const options = { [option]: value };
      const expected = { name: 'UsageError', code: 'ERR_INVALID_ARG_VALUE', option };
      await rejects(readEnvironment(self, options), expected);
      await rejects(readEnvironments([self], options), expected);
      await using held = await openProcess(self);
      await rejects(readEnvironment(held, options), expected);
    });
  }
}

for (const options of [null, 5, 'live', true]) {
  test(`refuses options that are none: ${options}`, async () => {
    const expected = { name: 'UsageError', code: 'ERR_INVALID_ARG_VALUE', option: 'options' };
    await rejects(readEnvironment(self, options as never), expected);
    await rejects(readEnvironments([self], options as never), expected);
  });
}

for (const target of [{ pid: self }, Object.create(null), 'self']) {
  test(`refuses a target that is neither a process nor a pid: ${typeof target} ${JSON.stringify(target)}`, async () => {
    await rejects(readEnvironment(target as never), { code: 'ERR_INVALID_ARG_VALUE', option: 'pid' });
  });
}

for (const timeout of [1_000, 3_600_000]) {
  test(`takes a timeout of ${timeout} ms, and does not wait for it`, async () => {
    const start = performance.now();
    await readEnvironment(self, { timeout });
    assert.ok(performance.now() - start < SOON);
  });
}

test('does not begin when the signal was aborted before', async () => {
  const reason = new Error('mine');
  assert.is(await rejects(readEnvironment(self, { signal: AbortSignal.abort(reason) }), {}), reason);
  assert.is(await rejects(readEnvironments(many, { signal: AbortSignal.abort(reason) }), {}), reason);
  await rejects(readEnvironment(self, { signal: AbortSignal.abort() }), { name: 'AbortError', code: 20 as never });
});

test('finds a wrong pid even when the signal was aborted before', async () => {
  await rejects(readEnvironment(0, { signal: AbortSignal.abort() }), { option: 'pid' });
});

test('gives up on many when the signal is aborted', async () => {
  const controller = new AbortController();
  const reading = readEnvironments(many, { signal: controller.signal });
  const reason = new Error('mine');
  controller.abort(reason);
  const start = performance.now();
  assert.is(await rejects(reading, {}), reason);
  assert.ok(performance.now() - start < 100, `it took ${Math.round(performance.now() - start)} ms`);
});

test('lets other reads go on when one is aborted', async () => {
  const controller = new AbortController();
  const aborted = readEnvironments(many, { signal: controller.signal });
  const other = readEnvironment(self);
  controller.abort();
  await rejects(aborted, { name: 'AbortError' });
  assert.is((await other).live?.state, 'ok');
});

test('is not disturbed by a signal that is aborted afterwards, and does not hold on to it', async () => {
  const controller = new AbortController();
  const { live } = await readEnvironment(self, { signal: controller.signal });
  await rejects(readEnvironment(2 ** 22 + 1, { signal: controller.signal }), { code: 'ESRCH' });
  assert.is(getEventListeners(controller.signal, 'abort').length, 0);
  controller.abort();
  assert.is(live?.state, 'ok');
});

const skip = unfit();
/** Strings of 256 MiB that overlap: to look at as much of them as the limits allow takes some hundred milliseconds. */
const startSlow = () => startHostile(['vectors', 'overlapping-strings'], { env: { FIRST: '1' } });
const late = { name: 'SystemError', code: 'ETIMEDOUT', errno: -110, message: /gave no answer within 20 ms/ };

test(
  'gives up on a process that takes longer than the timeout',
  async () => {
    await using target = await startSlow();
    const start = performance.now();
    await rejects(readEnvironment(target.pid, { timeout: 20 }), { ...late, pid: target.pid });
    assert.ok(performance.now() - start < SOON);
  },
  { skip },
);

test(
  'gives up on a process that is held, and can close it',
  async () => {
    await using target = await startSlow();
    await using held = await openProcess(target.pid);
    await rejects(readEnvironment(held, { timeout: 20 }), { ...late, pid: target.pid });
  },
  { skip },
);

test(
  'stops waiting for its turn on a held process when the signal is aborted',
  async () => {
    await using target = await startSlow();
    await using held = await openProcess(target.pid);
    let firstEnded = false;
    const first = readEnvironment(held)
      .catch(() => undefined)
      .finally(() => {
        firstEnded = true;
      });
    const controller = new AbortController();
    const second = readEnvironment(held, { signal: controller.signal });
    controller.abort();
    await rejects(second, { name: 'AbortError' });
    assert.is(firstEnded, false);
    await first;
  },
  { skip },
);

test(
  'gives each process the timeout for itself',
  async () => {
    await using target = await startSlow();
    const pids = [self, target.pid, self, target.pid, self];
    const results = await readEnvironments(pids, { timeout: 60 });
    assert.equal(
      results.map((result) => (result.status === 'rejected' ? result.reason.code : result.value.live?.state)),
      pids.map((pid) => (pid === self ? 'ok' : 'ETIMEDOUT')),
    );
  },
  { skip },
);

test(
  'does not look at a process at all when the signal was aborted before',
  async () => {
    await using target = await startSlow();
    const start = performance.now();
    const pids = Array.from({ length: 20 }, () => target.pid);
    await rejects(readEnvironments(pids, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.ok(performance.now() - start < 500, `it took ${Math.round(performance.now() - start)} ms`);
  },
  { skip },
);

for (const [what, begin] of Object.entries({
  'a process': (pid: number, signal: AbortSignal) => readEnvironment(pid, { signal }),
  'a list': (pid: number, signal: AbortSignal) => readEnvironments(new Array<number>(20).fill(pid), { signal }),
})) {
  test(
    `gives up on ${what} while it is being read`,
    async () => {
      await using target = await startSlow();
      const controller = new AbortController();
      const reading = begin(target.pid, controller.signal);
      setTimeout(() => controller.abort(), 20);
      const start = performance.now();
      await rejects(reading, { name: 'AbortError' });
      assert.ok(performance.now() - start < 500, `it took ${Math.round(performance.now() - start)} ms`);
    },
    { skip },
  );
}

test.run();
