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

async function assertResponsive(fixture: readonly [string, ...string[]], stop: number | false): Promise<void> {
  await using target = await startHostile(fixture, { env });
  const pids = Array.from({ length: AT_ONCE }, () => target.pid);
  let settled: string[] = [];
  const pause = await longestPause(async () => {
    const begun = performance.now();
    const reads = await readEnvironments(pids, { stop, timeout: 1_000 });
    settled = reads.map((read) => (read.status === 'fulfilled' ? 'answered' : String(read.reason.code)));
    const took = performance.now() - begun;
    assert.ok(took < AT_ONCE * LONGEST_READ, `${AT_ONCE} reads took ${Math.round(took)} ms`);
  });
  assert.ok(pause < LONGEST_PAUSE, `JavaScript was held up for ${Math.round(pause)} ms`);
  const other = settled.filter((how) => how !== 'answered' && how !== 'ETIMEDOUT');
  assert.equal(other, []);
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
