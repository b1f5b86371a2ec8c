import * as assert from 'uvu/assert';
import { readEnvironments } from '../../lib/index.ts';
import { LONGEST_READ, startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { assertFree } from '../helpers/threads.ts';

const test = suite('the thread of JavaScript while hostile processes are read');
const env = { FIRST: '1', BIG: 'x'.repeat(65_536) };
const LONGEST_PAUSE = 200;
const TICK = 10;
const AT_ONCE = 6;
const TRIES = 3;

/** The longest that a timer came late while `body` ran. */
async function longestPause(body: () => Promise<void>): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const note = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK);
    last = now;
  };
  const timer = setInterval(note, TICK);
  await body().finally(() => clearInterval(timer));
  note();
  return longest;
}

/** Reads the target, all at once; gives how long JavaScript was held up at most. */
async function readAll(pid: number, stop: number | false): Promise<number> {
  const pids = Array.from({ length: AT_ONCE }, () => pid);
  let settled: string[] = [];
  const pause = await longestPause(async () => {
    const begun = performance.now();
    const reads = await readEnvironments(pids, { stop, timeout: 1_000 });
    settled = reads.map((read) => (read.status === 'fulfilled' ? 'answered' : String(read.reason.code)));
    const took = performance.now() - begun;
    assert.ok(took < AT_ONCE * LONGEST_READ, `${AT_ONCE} reads took ${Math.round(took)} ms`);
  });
  const other = settled.filter((how) => how !== 'answered' && how !== 'ETIMEDOUT');
  assert.equal(other, []);
  return pause;
}

/** A machine that gives this process no turn for a while does so once; what our code keeps waiting, it keeps waiting each time. */
async function assertResponsive(fixture: readonly [string, ...string[]], stop: number | false): Promise<void> {
  await using target = await startHostile(fixture, { env });
  const pauses: number[] = [];
  do pauses.push(await readAll(target.pid, stop));
  while (Math.min(...pauses) >= LONGEST_PAUSE && pauses.length < TRIES);
  assert.ok(Math.min(...pauses) < LONGEST_PAUSE, `JavaScript was held up for ${pauses.map(Math.round).join(', ')} ms`);
  await assertFree(target.pid);
}

const fixtures: readonly (readonly [string, ...string[]])[] = [
  ...['cyclic', 'gibibyte', 'one-string', 'overlapping-strings', 'bad-entries'].map(
    (mode) => ['vectors', mode] as const,
  ),
  ['torn', 'slide'],
];
const blocking = ['userfaultfd', 'fuse-private', 'fuse-shared'].flatMap((owner) =>
  ['vector', 'string', 'rest-of-vector', 'link-map', 'race'].map((place) => ['blocking', owner, place] as const),
);

for (const fixture of fixtures) {
  for (const stop of [false, 200] as const) {
    test(`is not held up: ${fixture.join(' ')}${stop ? ', stopped' : ''}`, () => assertResponsive(fixture, stop), {
      skip: unfit(),
    });
  }
}

// Without a stop: blocking-pages.test.ts.
for (const fixture of blocking) {
  test(`is not held up: ${fixture.join(' ')}, stopped`, () => assertResponsive(fixture, 200), {
    skip: unfit({ root: true }),
  });
}

test.run();
