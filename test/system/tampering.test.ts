import * as assert from 'uvu/assert';
import { assertInitial, assertLive, type Initial, readBounded, startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('tampering with the initial environment');
const skip = unfit();
const env = { FIRST: 'one', SECOND: 'two', THIRD: 'three' };
const given = ['FIRST=one', 'SECOND=two', 'THIRD=three'];

type Case = { fact: string; state: Initial['state']; live?: string[]; initial?: string[] };

const cases: Record<string, Case> = {
  relocated: { fact: 'sees an area that was moved to other memory', state: 'relocated' },
  'relocated-stack': { fact: 'sees an area that was moved with the whole start of the stack', state: 'relocated' },
  'hidden-tail': { fact: 'sees an area that ends too soon', state: 'relocated' },
  'hidden-head': { fact: 'sees an area that begins too late', state: 'relocated' },
  'hidden-wholly': { fact: 'does not take an area of no length for an empty environment', state: 'relocated' },
  titled: { fact: 'sees a title written over the area', state: 'overwritten' },
  zeroed: { fact: 'does not take an area of zeros for an empty environment', state: 'overwritten' },
  'short-title': { fact: 'sees a title that runs over from the arguments', state: 'overwritten' },
  'one-entry-edited': { fact: 'sees one entry that was wiped out', state: 'overwritten' },
  'arguments-moved': { fact: 'calls moved arguments no tampering', state: 'intact', initial: given },
  'slots-edited': {
    fact: 'calls a vector edited in place no tampering',
    state: 'intact',
    initial: given,
    live: ['EDITED=1', 'SECOND=two', 'THIRD=three'],
  },
  'values-edited': {
    fact: 'gives a value edited in place as it now is',
    state: 'intact',
    initial: ['FIRST=zzz', 'SECOND=two', 'THIRD=three'],
    live: ['FIRST=zzz', 'SECOND=two', 'THIRD=three'],
  },
};

for (const [mode, { fact, state, initial, live = liveOf(mode) }] of Object.entries(cases)) {
  test(
    fact,
    async () => {
      await using target = await startHostile(['tampering', mode], { env });
      const read = await readBounded(target.pid);
      assertLive(read.live, live);
      assertInitial(read.initial, state, initial);
      assert.is(read.initial?.truncated, false);
    },
    { skip },
  );
}

/** The wiped string is still in the vector: an entry of no bytes. */
function liveOf(mode: string): string[] {
  return mode === 'one-entry-edited' ? ['', ...given.slice(1)] : given;
}

test(
  'says that an environment is empty when it is',
  async () => {
    await using target = await startHostile(['vectors', 'misaligned'], { env: {} });
    const { initial } = await readBounded(target.pid);
    assertInitial(initial, 'empty', []);
  },
  { skip },
);

test.run();
