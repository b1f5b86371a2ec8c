import * as assert from 'uvu/assert';
import { resolveEnvironment, type ValuesOf, valueOfVariable } from '../../lib/trail/expect/environment.ts';
import { suite } from '../helpers/suite.ts';
import { cluster, type Objects, podOf, secretKey, toData } from '../helpers/trail.ts';

const test = suite('trail: environments as kubelet makes them');

const objects: Objects = {
  'secret/mysecret': toData({
    foo: 'bar',
    user: 'app',
    '1st': 'one',
    nul: 'cut\0off',
    bytes: Buffer.from([0xff, 0xfe]),
  }),
  'secret/other': toData({ foo: 'other' }),
  'configMap/settings': toData({ mode: 'fast', foo: 'of settings' }),
  'secret/gone': null,
};

function resolve(container: object): Record<string, string | null> | null {
  const pod = podOf(container);
  const view = cluster([pod], objects);
  const valuesOf: ValuesOf = (of, name) => view.valuesOf(of, 'test', name);
  const [main] = pod.containers;
  if (main === undefined) throw new Error('no container');
  const environment = resolveEnvironment(main, pod, valuesOf);
  if (environment === null) return null;
  const shown = [...environment].map(([name, variable]) => {
    const value = valueOfVariable(variable, valuesOf)?.toString('latin1') ?? null;
    return [variable.certain ? name : `${name}?`, value] as const;
  });
  return Object.fromEntries(shown);
}

const all = { secretRef: { name: 'mysecret' } };
const settings = { configMapRef: { name: 'settings' } };
const mode = { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } };
const field = (fieldPath: string): object => ({ name: 'F', valueFrom: { fieldRef: { fieldPath } } });
const gone = (optional: boolean): object => ({ secretRef: { name: 'gone', optional } });

// a ? behind the name: not certain
const cases: [what: string, container: object, expected: Record<string, string | null> | null][] = [
  ['a key', { env: [secretKey('FOO', 'foo')] }, { FOO: 'bar' }],
  ['a value that stands there', { env: [{ name: 'A', value: 'x' }] }, { A: 'x' }],
  ['an empty value', { env: [{ name: 'A' }] }, { A: '' }],
  ['bytes that are no text', { env: [secretKey('B', 'bytes')] }, { B: '\xff\xfe' }],
  ['a NUL ends a value', { env: [secretKey('N', 'nul')] }, { N: 'cut' }],
  [
    'a NUL ends what is put together, too',
    { env: [secretKey('N', 'nul'), { name: 'M', value: '<$(N)>' }] },
    { N: 'cut', M: '<cut' },
  ],
  ['a key of a ConfigMap', { env: [mode] }, { MODE: 'fast' }],
  ['all keys, with a prefix', { envFrom: [{ prefix: 'P_', ...settings }] }, { P_mode: 'fast', P_foo: 'of settings' }],
  [
    'a name that older kubelets leave out',
    { envFrom: [all] },
    { foo: 'bar', user: 'app', '1st?': 'one', nul: 'cut', bytes: '\xff\xfe' },
  ],
  [
    'a later source wins over an earlier one',
    { envFrom: [{ secretRef: { name: 'other' } }, settings] },
    { foo: 'of settings', mode: 'fast' },
  ],
  ['env wins over envFrom', { envFrom: [settings], env: [secretKey('foo', 'foo')] }, { mode: 'fast', foo: 'bar' }],
  [
    'the last of a name wins',
    {
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    },
    { A: '2' },
  ],
  [
    'variables are put in, those of envFrom too',
    { envFrom: [settings], env: [secretKey('FOO', 'foo'), { name: 'X', value: '$(mode):$(FOO)' }] },
    { mode: 'fast', foo: 'of settings', FOO: 'bar', X: 'fast:bar' },
  ],
  [
    'a variable is put in as it is so far',
    {
      env: [
        { name: 'A', value: '1' },
        { name: 'X', value: '$(A)$(B)' },
        { name: 'B', value: '2' },
      ],
    },
    { A: '1', X: '1$(B)', B: '2' },
  ],
  [
    'a variable in itself',
    {
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '$(A)2' },
      ],
    },
    { A: '12' },
  ],
  [
    'a value of a Secret is put in, and not looked through',
    {
      env: [
        { name: 'A', value: '$$(B)' },
        { name: 'B', value: '$(A)' },
      ],
    },
    { A: '$(B)', B: '$(B)' },
  ],
  [
    'the variables of Services are not known',
    { env: [{ name: 'X', value: 'http://$(WEB_SERVICE_HOST)' }] },
    { 'X?': null },
  ],
  [
    'a name that no Service has stays',
    { env: [{ name: 'X', value: '$(web_SERVICE_HOST)' }] },
    { X: '$(web_SERVICE_HOST)' },
  ],
  ['a missing key', { env: [secretKey('FOO', 'gone')] }, null],
  ['a missing key that is optional', { env: [secretKey('FOO', 'gone', { optional: true })] }, {}],
  [
    'a missing key that is optional leaves what was there',
    { envFrom: [settings], env: [secretKey('mode', 'gone', { optional: true })] },
    { mode: 'fast', foo: 'of settings' },
  ],
  ['a missing object', { envFrom: [gone(false)] }, null],
  ['a missing object that is optional', { envFrom: [gone(true)] }, {}],
  [
    'an object that is not known may set any name with its prefix',
    {
      envFrom: [settings, { prefix: 'm', configMapRef: { name: 'unknown' } }],
      env: [{ name: 'X', value: '$(my)$(foo)' }],
    },
    { 'mode?': 'fast', foo: 'of settings', 'X?': null },
  ],
  [
    'a key of an object that is not known',
    {
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'unknown', key: 'a' } } },
        { name: 'B', value: '$(A)' },
      ],
    },
    { 'A?': null, 'B?': null },
  ],
  ['the name of the pod', { env: [field('metadata.name')] }, { F: 'web' }],
  ['its namespace', { env: [field('metadata.namespace')] }, { F: 'test' }],
  ['its uid', { env: [field('metadata.uid')] }, { F: 'pod-uid' }],
  ['its node', { env: [field('spec.nodeName')] }, { F: 'node-1' }],
  ['its service account', { env: [field('spec.serviceAccountName')] }, { F: 'web' }],
  ['a label, which may have changed', { env: [field("metadata.labels['app']")] }, { 'F?': '' }],
  ['its address is not known', { env: [field('status.podIP')] }, { 'F?': null }],
  [
    'a resource is not known',
    { env: [{ name: 'F', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }] },
    { 'F?': null },
  ],
  ['a key of a file is not known', { env: [{ name: 'F', valueFrom: { fileKeyRef: { key: 'a' } } }] }, { 'F?': null }],
];
for (const [what, container, expected] of cases) test(what, () => assert.equal(resolve(container), expected));

test('references to references do not grow without end', () => {
  const env = Array.from({ length: 40 }, (_, index) => ({
    name: `V${index}`,
    value: index === 0 ? 'x' : `$(V${index - 1})`.repeat(10),
  }));
  const made = resolve({ env });
  assert.is(made?.['V2'], 'x'.repeat(100));
  assert.is(made?.['V39?'], null);
});

test('a value that is longer than execve() takes is not known', () => {
  const long = { name: 'A', value: 'x'.repeat(100_000) };
  assert.is(resolve({ env: [long, { name: 'B', value: '$(A)$(A)' }] })?.['B'], null);
});

test.run();
