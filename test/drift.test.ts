import * as assert from 'uvu/assert';
import { environmentDrift, readEnvironment } from '../lib/index.ts';
import { unfit } from './helpers/hostile.ts';
import { environmentOf, type Made } from './helpers/packed.ts';
import { suite } from './helpers/suite.ts';
import { Target } from './helpers/target.ts';
import { build } from './helpers/toolchain.ts';

const test = suite('drift');

/** `change name`, names as latin1. */
function driftOf(made: Made): string[] | null {
  const drift = environmentDrift(environmentOf(made));
  return drift && drift.map(({ name, change }) => `${change} ${name.toString('latin1')}`);
}

const facts: [fact: string, initial: string[], live: string[], drift: string[]][] = [
  ['tells nothing where nothing has changed', ['A=1', 'B='], ['A=1', 'B='], []],
  ['tells what was added', ['A=1'], ['A=1', 'B=2'], ['added B']],
  ['tells what was removed', ['A=1', 'B=2'], ['B=2'], ['removed A']],
  ['tells what was changed', ['A=1', 'B=2'], ['A=1', 'B=3'], ['changed B']],
  ['tells an empty value from none', ['A=', 'B=1'], ['B=1'], ['removed A']],
  ['tells a value from an empty one', ['A=1'], ['A='], ['changed A']],
  ['ignores the order', ['A=1', 'B=2', 'C=3'], ['C=3', 'A=1', 'B=2'], []],
  [
    'lists changes before additions, each in order',
    ['A=1', 'B=2'],
    ['D=', 'B=3', 'C='],
    ['removed A', 'changed B', 'added D', 'added C'],
  ],
  ['goes by the first of duplicates, as getenv does', ['A=1', 'A=2'], ['A=1', 'A=3'], []],
  ['sees that another duplicate comes first now', ['A=1', 'A=2'], ['A=2', 'A=1'], ['changed A']],
  ['sees no removal while a duplicate is left', ['A=1', 'A=1'], ['A=1'], []],
  ['names a duplicate once', ['A=1', 'A=2'], ['B=1', 'B=2'], ['removed A', 'added B']],
  ['leaves entries without = out', ['one', 'A=1'], ['A=1', 'two'], []],
  ['takes an empty name for a name', ['=1'], ['=2'], ['changed ']],
  ['splits at the first = only', ['A=b=c'], ['A=b=d'], ['changed A']],
  ['keeps names apart that are not UTF-8', ['\xff=1', '\xfe=1'], ['\xff=1', '\xfd=1'], ['removed \xfe', 'added \xfd']],
  ['keeps values apart that are not UTF-8', ['A=\xff'], ['A=\xfe'], ['changed A']],
  ['takes a name for no other with the same letters', ['a=1'], ['A=1'], ['removed a', 'added A']],
  ['knows names that objects have', ['__proto__=1'], ['constructor=1'], ['removed __proto__', 'added constructor']],
];

for (const [fact, initial, live, drift] of facts) {
  test(fact, () => assert.equal(driftOf({ initial, live }), drift));
}

test('compares with what a process started without variables had', () => {
  assert.equal(driftOf({ initial: [], live: ['A=1'], initialState: { state: 'empty' } }), ['added A']);
});

const changed = { initial: ['A=1'], live: ['A=2'] };
const unknown: [fact: string, made: Made][] = [
  ['the initial one was not read', { ...changed, initial: null }],
  ['the live one was not read', { ...changed, live: null }],
  ['neither was read', { initial: null, live: null }],
  ['the initial one is cut', { ...changed, initialState: { truncated: true } }],
  ...(['overwritten', 'relocated', 'unreadable'] as const).map((state): [string, Made] => [
    `the initial one is ${state}`,
    { ...changed, initialState: { state } },
  ]),
  ...(['unknown', 'unstable', 'ambiguous', 'unreadable'] as const).map((state): [string, Made] => [
    `the live one is ${state}`,
    { ...changed, live: ['A=1'], liveState: { state } },
  ]),
];

for (const [why, made] of unknown) {
  test(`says that it cannot be known when ${why}`, () => assert.is(driftOf(made), null));
}

test('gives names that do not change when the values are wiped', () => {
  const environment = environmentOf({ initial: ['A=1'], live: ['B=1'] });
  const drift = environmentDrift(environment) ?? [];
  environment[Symbol.dispose]();
  assert.equal(
    drift.map(({ name }) => name.toString()),
    ['A', 'B'],
  );
});

test(
  'is what a real process did',
  async () => {
    const program = await build({ sources: ['target.c'], commands: [['gcc', '-O2', '-o', 'OUT', 'SOURCES']] });
    await using target = await Target.start([program], { env: { KEPT: '1', CHANGED: '1', GONE: '1' } });
    assert.equal(environmentDrift(await readEnvironment(target.pid)), []);
    await target.set('CHANGED', '2');
    await target.unset('GONE');
    await target.set('NEW', '1');
    const drift = environmentDrift(await readEnvironment(target.pid)) ?? [];
    assert.equal(
      drift.map(({ name, change }) => [name.toString(), change]),
      [
        ['CHANGED', 'changed'],
        ['GONE', 'removed'],
        ['NEW', 'added'],
      ],
    );
  },
  { skip: unfit() },
);

test.run();
