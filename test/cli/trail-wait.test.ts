import * as assert from 'uvu/assert';
import { waitUntilClear } from '../../lib/cli/trail-wait.ts';
import type { Trail } from '../../lib/trail/trail-result.ts';
import { madeTrail } from '../helpers/made-trail.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('podprobe trail --wait');

const pause = { longest: 50, shortest: 10 };
const none = (): AsyncIterable<unknown>[] => [];

/** Something to follow, whose next comes as `next` does. */
const source = (next: () => Promise<IteratorResult<unknown>>): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]: () => ({ next }),
});

/** Looks that come to these, in turn; the last one again and again. */
function looks(...outcomes: Trail[]) {
  let count = 0;
  const look = async (): Promise<Trail> => outcomes[Math.min(count++, outcomes.length - 1)] as Trail;
  return { look, count: () => count };
}

const [first, second] = [madeTrail([]), madeTrail([])];

test('looks once when there is no time', async () => {
  const { look, count } = looks(first);
  const found = await waitUntilClear({
    patience: 0,
    look,
    isClear: () => false,
    changes: none,
    onTick: () => undefined,
  });
  assert.is(found, first);
  assert.is(count(), 1);
});

test('ends with the second look in a row that is clear, and tells of each', async () => {
  const { look, count } = looks(second, first, second);
  const told: Trail[] = [];
  const onTick = (trail: Trail) => told.push(trail);
  const isClear = (trail: Trail) => trail === second;
  const changes = () => [
    (async function* () {
      yield 'a change';
    })(),
  ];
  const found = await waitUntilClear({ patience: 60_000, pause, look, isClear, changes, onTick });
  assert.is(found, second);
  assert.is(count(), 4);
  assert.ok(told.includes(first) && told.includes(second));
});

test('ends when the time is over, with the last look, and ends what it follows', async () => {
  const { look } = looks(first);
  let ended = false;
  const changes = (signal: AbortSignal) => [
    source(async () => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended = true;
      return { done: true, value: undefined };
    }),
  ];
  const isClear = () => false;
  const found = await waitUntilClear({ patience: 200, pause, look, isClear, changes, onTick: () => undefined });
  assert.is(found, first);
  assert.ok(ended);
});

test('goes on where nobody can tell of changes', async () => {
  const { look } = looks(first, second);
  const changes = () => [source(() => Promise.reject(new Error('no inotify left')))];
  const isClear = (trail: Trail) => trail === second;
  assert.is(await waitUntilClear({ patience: 60_000, pause, look, isClear, changes, onTick: () => undefined }), second);
});

test('fails as a look does', async () => {
  const look = () => Promise.reject(new Error('no etcd'));
  const waiting = waitUntilClear({
    patience: 60_000,
    pause,
    look,
    isClear: () => true,
    changes: none,
    onTick: () => undefined,
  });
  await waiting.then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'no etcd'),
  );
});

test.run();
