import * as assert from 'uvu/assert';
import { eraseExpected, expectContainers } from '../../lib/trail/expect/containers.ts';
import { findOtherUses, referencesOf } from '../../lib/trail/expect/references.ts';
import type { ExpectedContainer } from '../../lib/trail/expectation.ts';
import type { KnownSecret } from '../../lib/trail/known-secret.ts';
import { suite } from '../helpers/suite.ts';
import {
  cluster,
  given,
  history,
  ID,
  minutes,
  type Objects,
  pod,
  podOf,
  secret,
  secretKey,
  toData,
} from '../helpers/trail.ts';

const test = suite('trail: what containers should have');

const known = secret(history({ foo: 'old', user: 'app' }, { foo: 'new', user: 'app' }));

function expectOf(
  container: object,
  volumes: readonly object[] = [],
  objects: Objects = {},
  of = known,
): ExpectedContainer {
  const [one, ...others] = expectContainers(of, cluster([podOf(container, volumes)], objects));
  assert.is(others.length, 0);
  if (one === undefined) throw new Error('nothing is expected');
  return one;
}

function variablesOf(container: object, objects: Objects = {}, of: KnownSecret = known): unknown[] {
  return expectOf(container, [], objects, of).variables.map(({ name, keys, derived, certain, values }) => [
    name,
    keys.join(),
    derived ? 'derived' : 'key',
    certain,
    ...values.map((value) => value?.toString() ?? null),
  ]);
}

test('a container is told by its pod', () => {
  const { variables, mounts, ...who } = expectOf({ env: [secretKey('FOO', 'foo')] });
  assert.equal(who, {
    podUid: 'pod-uid',
    namespace: 'test',
    pod: 'web',
    container: 'main',
    containerId: ID,
    startedAt: minutes(30),
    owner: 'deployment/web',
  });
  assert.is(variables.length, 1);
  assert.equal(mounts, []);
});

test('a variable has a value under each version', () => {
  assert.equal(variablesOf({ env: [secretKey('FOO', 'foo')] }), [['FOO', 'foo', 'key', true, 'old', 'new']]);
});

test('what is put together of keys is derived', () => {
  const env = [secretKey('U', 'user'), secretKey('P', 'foo'), { name: 'DSN', value: 'db://$(U):$(P)@db' }];
  assert.equal(variablesOf({ env })[0], ['DSN', 'foo,user', 'derived', true, 'db://app:old@db', 'db://app:new@db']);
});

test('another name for a variable is not derived', () => {
  const env = [secretKey('P', 'foo'), { name: 'Q', value: '$(P)' }];
  assert.equal(variablesOf({ env })[1], ['Q', 'foo', 'key', true, 'old', 'new']);
});

test('what is put together with another object, which may have changed, is not certain', () => {
  const host = { name: 'H', valueFrom: { configMapKeyRef: { name: 'db', key: 'host' } } };
  const env = [host, secretKey('P', 'foo'), { name: 'DSN', value: '$(P)@$(H)' }];
  const objects = { 'configMap/db': toData({ host: 'db' }) };
  assert.equal(variablesOf({ env }, objects)[0], ['DSN', 'foo', 'derived', false, 'old@db', 'new@db']);
  assert.equal(variablesOf({ env }), [
    ['DSN', 'foo', 'derived', false, null, null],
    ['P', 'foo', 'key', true, 'old', 'new'],
  ]);
});

test('a variable of no key of the Secret is none of ours', () => {
  const objects = { 'configMap/db': toData({ user: 'of the map' }) };
  const envFrom = [{ secretRef: { name: 'mysecret' } }, { configMapRef: { name: 'db' } }];
  assert.equal(variablesOf({ envFrom }, objects), [['foo', 'foo', 'key', true, 'old', 'new']]);
});

test('keys come and go', () => {
  const versions = secret(history({ a: '1' }, { a: '1', b: '2' }, { b: '2' }));
  const envFrom = [{ secretRef: { name: 'mysecret' } }];
  assert.equal(variablesOf({ envFrom }, {}, versions), [
    ['a', 'a', 'key', true, '1', '1', null],
    ['b', 'b', 'key', true, null, '2', '2'],
  ]);
});

test('under a version without a key that it needs the container has nothing', () => {
  const versions = secret(history({ a: '1' }, { a: '1', b: '2' }));
  const env = [secretKey('A', 'a'), secretKey('B', 'b')];
  assert.equal(variablesOf({ env }, {}, versions), [
    ['A', 'a', 'key', true, null, '1'],
    ['B', 'b', 'key', true, null, '2'],
  ]);
});

test('where something else is set instead of an optional key, it is not certain', () => {
  const versions = secret(history({ mode: 'secret' }, {}));
  const container = {
    envFrom: [{ configMapRef: { name: 'settings' } }],
    env: [secretKey('mode', 'mode', { optional: true })],
  };
  const objects = { 'configMap/settings': toData({ mode: 'fast' }) };
  assert.equal(variablesOf(container, objects, versions), [['mode', 'mode', 'key', false, 'secret', null]]);
});

test('an old value that somebody gave is put together with the other keys as they are now', () => {
  const versions = secret([given({ foo: 'leaked' }), ...history({ foo: 'new', user: 'app' })]);
  const env = [secretKey('U', 'user'), secretKey('P', 'foo'), { name: 'DSN', value: '$(U):$(P)' }];
  assert.equal(variablesOf({ env }, {}, versions)[0], ['DSN', 'foo,user', 'derived', true, 'app:leaked', 'app:new']);
});

test('of more than 1,000 versions the newest are compared', () => {
  const versions = secret(history(...Array.from({ length: 1002 }, (_, index) => ({ foo: `value ${index}` }))));
  const [variable] = expectOf({ env: [secretKey('FOO', 'foo')] }, [], {}, versions).variables;
  assert.is(variable?.values.length, 1002);
  assert.equal([variable?.values[1], variable?.values[2]?.toString(), variable?.certain], [null, 'value 2', false]);
});

test('pods of another namespace, and what refers to another Secret, are none of ours', () => {
  const other = pod({ containers: [{ name: 'main', env: [secretKey('FOO', 'foo')] }] }, { namespace: 'other' });
  const another = podOf({ envFrom: [{ secretRef: { name: 'another' } }] });
  assert.equal(expectContainers(known, cluster([other, another])), []);
});

test('values of no Secret are expected nowhere', () => {
  const values = secret([given({ foo: 'leaked' })], { name: '', namespace: '' });
  assert.equal(expectContainers(values, cluster([podOf({ env: [secretKey('FOO', 'foo')] })])), []);
});

const mount = (more: object = {}): object => ({ volumeMounts: [{ name: 'vol', mountPath: '/mnt', ...more }] });
const items = [
  { key: 'foo', path: 'deep/bar' },
  { key: 'foo', path: 'again' },
];
const one = { name: 'mysecret' };
const mounts: [what: string, container: object, volume: object, keys: string[], whole: boolean, subPath: string][] = [
  ['a volume of all keys', mount(), { secret: { secretName: 'mysecret' } }, ['foo>foo', 'user>user'], true, ''],
  [
    'a volume of some',
    mount(),
    { secret: { secretName: 'mysecret', items } },
    ['deep/bar>foo', 'again>foo'],
    false,
    '',
  ],
  [
    'a subPath',
    mount({ subPath: 'foo' }),
    { secret: { secretName: 'mysecret' } },
    ['foo>foo', 'user>user'],
    true,
    'foo',
  ],
  [
    'a subPathExpr',
    mount({ subPathExpr: '$(X)' }),
    { secret: { secretName: 'mysecret' } },
    ['foo>foo', 'user>user'],
    true,
    '$(X)',
  ],
  [
    'a projected volume of all keys',
    mount(),
    { projected: { sources: [{ secret: one }] } },
    ['foo>foo', 'user>user'],
    true,
    '',
  ],
  [
    'a projected volume of several sources',
    mount(),
    { projected: { sources: [{ secret: { ...one, items } }, { secret: one }, { configMap: { name: 'x' } }] } },
    ['foo>foo', 'user>user', 'deep/bar>foo', 'again>foo'],
    false,
    '',
  ],
];
for (const [what, of, volume, keys, whole, subPath] of mounts) {
  test(`mounts: ${what}`, () => {
    const [found] = expectOf(of, [{ name: 'vol', ...volume }]).mounts;
    const paths = [...(found?.keys ?? [])].map(([path, key]) => `${path}>${key}`);
    assert.equal([paths, found?.whole, found?.subPath], [keys, whole, subPath]);
  });
}

test('a volume that is in no container is expected nowhere', () => {
  const volumes = [{ name: 'vol', secret: { secretName: 'mysecret' } }];
  assert.equal(expectContainers(known, cluster([podOf({}, volumes)])), []);
});

const everywhere = pod({
  imagePullSecrets: [{ name: 'pull' }],
  containers: [{ name: 'main', env: [secretKey('A', 'a')], envFrom: [{ secretRef: { name: 'from' } }] }],
  initContainers: [{ name: 'first', env: [{ name: 'M', valueFrom: { configMapKeyRef: { name: 'map', key: 'a' } } }] }],
  volumes: [
    { name: 'v', secret: { secretName: 'volume' } },
    { name: 'p', projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'map' } }] } },
    { name: 'c', csi: { driver: 'secrets-store.csi.k8s.io', nodePublishSecretRef: { name: 'csi' } } },
  ],
});

test('all Secrets that a pod asks for, in any way', () => {
  assert.equal(referencesOf(everywhere), ['csi', 'from', 'mysecret', 'projected', 'pull', 'volume']);
});

test('what uses a Secret without giving it to a process is told', () => {
  const codesOf = (name: string): string[] => {
    return findOtherUses(secret([], { name }), cluster([everywhere])).map(({ code }) => code);
  };
  assert.equal(['pull', 'csi', 'volume', ''].map(codesOf), [['image-pull-secret'], ['csi-secret'], [], []]);
});

test('what was put together is overwritten, the values of keys are left to the Secret', () => {
  const env = [secretKey('P', 'foo'), { name: 'DSN', value: '<$(P)>' }];
  const expected = [expectOf({ env })];
  eraseExpected(expected);
  assert.equal(
    expected[0]?.variables.map(({ values }) => values.map((value) => value?.toString())),
    [
      ['\0'.repeat(5), '\0'.repeat(5)],
      ['old', 'new'],
    ],
  );
});

test.run();
