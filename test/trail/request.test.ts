import * as assert from 'uvu/assert';
import { expectContainers } from '../../lib/trail/expect/containers.ts';
import type { KnownSecret } from '../../lib/trail/known-secret.ts';
import { toScanRequest } from '../../lib/trail/request.ts';
import { suite } from '../helpers/suite.ts';
import { cluster, type Data, given, history, ID, podOf, secret, secretKey } from '../helpers/trail.ts';

const test = suite('trail: what is looked for');

const [OLD, NEW] = ['x7Kp2mQ9vL4z', 'b8Rt5nW1cH6y'];

function ask(known: KnownSecret, env: readonly object[] = []): ReturnType<typeof toScanRequest> {
  return toScanRequest(known, expectContainers(known, cluster([podOf({ env })])));
}

function shown({ request, uses }: ReturnType<typeof toScanRequest>): unknown[] {
  return request.values.map((value, number) => [
    value.toString(),
    request.distinctive.has(number) ? 'proof' : 'no proof',
    ...(uses[number] ?? []).map(
      ({ keys, versions, derived }) => `${derived ? '*' : ''}${keys.join('+')} ${[...versions].join()}`,
    ),
  ]);
}

const known = (...states: readonly Data[]): KnownSecret => secret(history(...states));

test('each value is looked for once, whatever keys and versions have it', () => {
  assert.equal(shown(ask(known({ a: OLD, b: OLD, c: 'short' }, { a: NEW, b: OLD, c: 'short' }))), [
    [OLD, 'proof', 'a 0', 'b 0,1'],
    ['short', 'no proof', 'c 0,1'],
    [NEW, 'proof', 'a 1'],
  ]);
});

test('an empty value is looked for, and is no proof', () => {
  assert.equal(shown(ask(known({ a: '' }))), [['', 'no proof', 'a 0']]);
});

test('values are looked for without the end of their last line, too', () => {
  assert.equal(shown(ask(known({ a: `${OLD}\r\n` }))), [
    [`${OLD}\r\n`, 'proof', 'a 0'],
    [OLD, 'proof', 'a 0'],
  ]);
});

test('old values that were given count as a version', () => {
  assert.equal(shown(ask(secret([given({ a: OLD }), ...history({ a: NEW })]))), [
    [OLD, 'proof', 'a 0'],
    [NEW, 'proof', 'a 1'],
  ]);
});

test('what is put together is looked for, and is proof where a key in it is', () => {
  const env = [
    secretKey('A', 'a'),
    secretKey('B', 'b'),
    { name: 'X', value: 'q5Zx9Yw7Kv3T: $(A)' },
    { name: 'Y', value: '<$(B)>' },
  ];
  assert.equal(shown(ask(known({ a: 'app', b: OLD }), env)), [
    ['app', 'no proof', 'a 0'],
    [OLD, 'proof', 'b 0'],
    ['q5Zx9Yw7Kv3T: app', 'no proof', '*a 0'],
    [`<${OLD}>`, 'proof', '*b 0'],
  ]);
});

test('the names of expected variables are asked of their container', () => {
  const { request } = ask(known({ a: OLD }), [
    secretKey('A', 'a'),
    { name: 'X', value: '-$(A)' },
    { name: 'Y', value: 'y' },
  ]);
  assert.equal([...request.variables], [[ID, ['A', 'X']]]);
});

test('replicas share what their variables are under each version', () => {
  const versions = known({ a: OLD }, { a: NEW }, { a: OLD });
  const pods = [podOf({ env: [secretKey('A', 'a')] }), podOf({ env: [secretKey('B', 'a')] })];
  const expected = expectContainers(versions, cluster(pods));
  const { versionsOf } = toScanRequest(versions, expected);
  const [one, other] = expected.flatMap(({ variables }) => variables);
  if (one === undefined || other === undefined) throw new Error('two variables');
  assert.is(one.values, other.values);
  assert.equal(
    [...versionsOf(other)],
    [
      [0, new Set([0, 2])],
      [1, new Set([1])],
    ],
  );
});

test.run();
