import * as assert from 'uvu/assert';
import type { Holder } from '../../lib/trail/holder.ts';
import type { KnownSecret } from '../../lib/trail/known-secret.ts';
import type { Trail } from '../../lib/trail/trail-result.ts';
import { tableOf } from '../helpers/guide-table.ts';
import { suite } from '../helpers/suite.ts';
import {
  cluster,
  container,
  file,
  follow,
  given,
  history,
  minutes,
  podOf,
  process,
  secret,
  secretKey,
  seen,
  type Seen,
} from '../helpers/trail.ts';

const test = suite('trail: verdicts');

const OLD = 'x7Kp2mQ9vL4zOld';
const NEW = 'x7Kp2mQ9vL4zNew';
const OTHER = 'b8Rt5nW1cH6yAny';

const states = history({ foo: OLD }, { foo: NEW });
/** The key was written in minute 1; the container was started in minute 30. */
const known = secret(states);
const complete = secret(states, { complete: true });
const onlyCurrent = (time: Date | null): KnownSecret => {
  const keyTimes = new Map(time === null ? [] : [['foo', time] as const]);
  return secret(
    history({ foo: NEW }).map((version) => ({ ...version, since: time })),
    { keyTimes },
  );
};

const gone = secret(history({ foo: OLD }, { foo: NEW }).map((version) => ({ ...version, current: false })));
const volumes = [{ name: 'vol', secret: { secretName: 'mysecret' } }];
const env = [secretKey('FOO', 'foo')];
const volumeMounts = [{ name: 'vol', mountPath: '/mnt' }];
const view = cluster([podOf({ env, volumeMounts }, volumes)]);
const nobody = cluster([]);

type Numbers = (value: string) => number;

/** A trail of one variable of a process. */
function variable(of: KnownSecret, value: string | null, name = 'FOO', asked = view): Trail {
  return follow(of, asked, (numberOf) => ({
    processes: [process([seen('initial', name, { value: value === null ? null : numberOf(value) })])],
  }));
}

function files(of: KnownSecret, more: (numberOf: Numbers) => object): Trail {
  return follow(of, view, (numberOf) => ({ containers: [container({ files: [file('foo', more(numberOf))] })] }));
}

const generation = (minute: number): string => {
  const name = minutes(minute).toISOString().slice(0, 19).replace(/[-T:]/g, '_');
  return `..${name}.123456789`;
};

function open(of: KnownSecret, more: (numberOf: Numbers) => object): Trail {
  const path = `/mnt/${generation(0)}/foo`;
  return follow(of, view, (numberOf) => ({
    processes: [process([seen('openFile', path, { through: 'fd/7', ...more(numberOf) })])],
  }));
}

function unread(place: 'initial' | 'live'): Trail {
  return follow(known, view, () => ({
    processes: [process([], { unread: [{ place, reason: 'it does not answer' }] })],
  }));
}

// the table of docs/guides/trail-verdicts.md, row by row
const cases: [seen: string, trail: Trail, verdict: Holder['verdict']][] = [
  ['a variable that the pod sets, equal to the current value', variable(known, NEW), 'current'],
  ['a variable that the pod sets, equal to an older value only', variable(known, OLD), 'stale'],
  [
    'the same, of a value that was old and is current again',
    variable(secret(history({ foo: OLD }, { foo: NEW }, { foo: OLD })), OLD),
    'current',
  ],
  ['a variable that the pod sets, equal to none, all versions known', variable(complete, null), 'mismatch'],
  [
    'the same, older versions not known, its container started before the key was written',
    variable(onlyCurrent(minutes(40)), null),
    'suspect',
  ],
  ['the same, at most five minutes after', variable(onlyCurrent(minutes(26)), null), 'suspect'],
  ['the same, later', variable(onlyCurrent(minutes(20)), null), 'mismatch'],
  ['the same, where nobody says when the key was written', variable(onlyCurrent(null), null), 'suspect'],
  ['any value that the Secret had, where the Secret was deleted', variable(gone, NEW), 'stale'],
  [
    'a distinctive value where no pod asks for it, equal to the current one',
    variable(known, NEW, 'BAR', nobody),
    'current',
  ],
  [
    'the same, equal to an older one, or one that was given',
    variable(secret([given({ foo: OLD }), ...history({ foo: NEW })]), OLD, 'BAR'),
    'stale',
  ],
  [
    'a file of a volume, equal to the current value',
    files(known, (n) => ({ value: n(NEW), generation: generation(2), removed: false })),
    'current',
  ],
  [
    'a file of the newest generation, equal to an older value: kubelet has not updated it',
    files(known, (n) => ({ value: n(OLD), generation: generation(0), removed: false })),
    'stale',
  ],
  [
    'a file of a replaced generation (subPath, open, mapped), equal to the current value',
    open(known, (n) => ({ value: n(NEW), removed: true })),
    'current',
  ],
  ['the same, equal to an older value', open(known, (n) => ({ value: n(OLD), removed: true })), 'stale'],
  ['the same, equal to none, older versions not known', open(known, () => ({ removed: true })), 'stale'],
  ['the same, equal to none, all versions known', open(complete, () => ({ removed: true })), 'mismatch'],
  [
    'a file of the newest generation, equal to none, written before the key was',
    files(onlyCurrent(minutes(9)), () => ({ generation: generation(3), removed: false })),
    'suspect',
  ],
  [
    'the same, written more than five minutes after',
    files(onlyCurrent(minutes(2)), () => ({ generation: generation(9), removed: false })),
    'mismatch',
  ],
  ['a variable that the pod sets, in an environment that could not be read', unread('live'), 'unknown'],
];

for (const [what, trail, verdict] of cases) {
  test(what, () => {
    assert.equal(
      trail.holders.map((holder) => holder.verdict),
      [verdict],
    );
    assert.ok((trail.holders[0]?.evidence.length ?? 0) > 0, 'a verdict without evidence');
  });
}

test('the guide has each rule, with its verdict', () => {
  const rows = cases.map(([what, , verdict]) => [what, verdict]);
  assert.equal(tableOf('trail-verdicts.md', '| what was seen | verdict |'), rows);
});

test('no verdict, and no reason for one, has a value in it', () => {
  const seenAll = (numberOf: Numbers): Seen => ({
    processes: [process([seen('live', 'FOO', { value: numberOf(OLD) }), seen('initial', 'FOO')])],
  });
  for (const trail of [follow(known, view, seenAll), ...cases.map(([, one]) => one)]) {
    const { secret: _, ...rest } = trail;
    const text = JSON.stringify(rest, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    for (const value of [OLD, NEW, OTHER]) assert.not.match(text, value);
  }
});

test.run();
