import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { decodeRecord, type DecodedRecord } from '../../lib/etcd/decode.ts';
import { isConfigMap, isSecret, type StoredObject } from '../../lib/etcd/kubernetes/objects.ts';
import { isPod } from '../../lib/etcd/kubernetes/pod.ts';
import { entry, managed, message, metadata, protobuf, secretValue } from '../helpers/stored.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: decode');
const CREATED = '2026-11-25T01:00:57Z';

function decode(value: string | Uint8Array, key = '/registry/secrets/test/mysecret'): Promise<DecodedRecord> {
  const revisions = { createRevision: 2n, modRevision: 3n, version: 2n, lease: 0n };
  return decodeRecord({ key: Buffer.from(key), value: Buffer.from(value), ...revisions });
}

async function objectOf(value: string | Uint8Array, key?: string): Promise<StoredObject> {
  const { object, problem } = await decode(value, key);
  assert.is(problem, null);
  assert.ok(object !== null);
  return object;
}

const meta = {
  name: 'mysecret',
  namespace: 'test',
  uid: '00000000-0000-4000-8000-000000000001',
  creationTimestamp: CREATED,
};
const fieldsV1 = { 'f:data': { '.': {}, 'f:foo': {} }, 'f:type': {} };
const managedFields = [
  { manager: 'rotator', operation: 'Update', apiVersion: 'v1', time: CREATED, fieldsType: 'FieldsV1', fieldsV1 },
];

test('a Secret is the same from protobuf, JSON and YAML', async () => {
  const data = { foo: Buffer.from('bar').toString('base64'), bin: 'AP8=' };
  const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { ...meta, managedFields }, data, type: 'Opaque' };
  const value = secretValue({
    data: { foo: 'bar', bin: Buffer.from([0, 255]) },
    managed: [managed('rotator', ['foo'])],
  });
  const binary = await decode(value);
  assert.is(binary.encoding, 'protobuf');
  assert.ok(isSecret(binary.object));
  assert.equal(
    [...binary.object.data],
    [
      ['foo', Buffer.from('bar')],
      ['bin', Buffer.from([0, 255])],
    ],
  );
  const json = await decode(JSON.stringify({ ...manifest, immutable: false }));
  assert.is(json.encoding, 'json');
  assert.equal(json.object, binary.object);
  const yaml = await decode(
    `apiVersion: v1\nkind: Secret\nmetadata: ${JSON.stringify(manifest.metadata)}\ndata: {foo: YmFy, bin: AP8=}\ntype: Opaque\nimmutable: false\n`,
  );
  assert.is(yaml.encoding, 'yaml');
  assert.equal(yaml.object, binary.object);
});

test('keys called as members of objects are keys', async () => {
  const raw = message(
    [1, metadata('mysecret', 'test')],
    [2, entry('__proto__', 'a')],
    [2, entry('constructor', 'b')],
    [3, 'Opaque'],
  );
  const secret = await objectOf(protobuf('v1', 'Secret', raw));
  assert.ok(isSecret(secret));
  assert.equal([...secret.data.keys()], ['__proto__', 'constructor']);
  const json = await objectOf(
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"mysecret","namespace":"test"},"data":{"__proto__":"YQ=="}}',
  );
  assert.ok(isSecret(json));
  assert.is(`${json.data.get('__proto__')}`, 'a');
});

test('a ConfigMap is the same from protobuf and JSON', async () => {
  const key = '/registry/configmaps/test/mysecret';
  const raw = message(
    [1, metadata('mysecret', 'test')],
    [2, entry('a', 'ä')],
    [3, entry('b', Buffer.from([255]))],
    [4, 1],
  );
  const binary = await objectOf(protobuf('v1', 'ConfigMap', raw), key);
  assert.ok(isConfigMap(binary));
  assert.equal(
    [...binary.data, ...binary.binaryData],
    [
      ['a', 'ä'],
      ['b', Buffer.from([255])],
    ],
  );
  assert.is(binary.immutable, true);
  const parts = { metadata: meta, data: { a: 'ä' }, binaryData: { b: '/w==' }, immutable: true };
  assert.equal(await objectOf(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', ...parts }), key), binary);
});

const name = (of: string): Buffer => message([1, of]);

/** A Pod that takes its Secrets in all ways, as protobuf. */
function podRaw(): Buffer {
  const env = [
    message([1, 'PLAIN'], [2, 'value']),
    message([1, 'EMPTY'], [2, '']),
    message([1, 'FOO'], [2, ''], [3, message([4, message([1, name('mysecret')], [2, 'foo'], [3, 1])])]),
    message([1, 'MODE'], [3, message([3, message([1, name('settings')], [2, 'mode'])])]),
    message([1, 'NODE'], [3, message([1, message([1, 'v1'], [2, 'spec.nodeName'])])]),
  ];
  const mount = message([1, 'vol'], [2, 1], [3, '/mnt/foo'], [4, 'foo'], [6, '']);
  const container = message(
    [1, 'mypod'],
    [2, 'busybox'],
    [3, 'sleep'],
    [4, '9999'],
    ...env.map((one) => [7, one] as const),
    [9, mount],
    [9, message([1, 'all'], [2, 0], [3, '/all'], [4, ''], [6, '$(NODE)'])],
    [19, message([1, 'P_'], [3, message([1, name('mysecret')], [2, 1])])],
    [19, message([1, ''], [2, message([1, name('settings')])])],
  );
  const volumes = [
    message(
      [1, 'vol'],
      [2, message([6, message([1, 'mysecret'], [2, message([1, 'foo'], [2, 'bar'])], [3, 0o644], [4, 0])])],
    ),
    message([1, 'conf'], [2, message([19, message([1, name('settings')])])]),
    message([1, 'all'], [2, message([26, message([1, message([1, message([1, name('mysecret')], [4, 1])])])])]),
    message([1, 'csi'], [2, message([28, message([1, 'secrets-store.csi.k8s.io'], [5, name('creds')])])]),
  ];
  const spec = message(
    ...volumes.map((one) => [1, one] as const),
    [2, container],
    [8, 'default'],
    [10, 'node'],
    [11, 1],
    [12, 0],
    [13, 0],
    [15, name('pull')],
    [20, message([1, 'first'], [2, 'busybox'])],
    [34, message([1, message([1, 'debug'], [2, 'busybox'])], [2, 'mypod'])],
  );
  const running = message([2, message([1, message([1, 1_795_568_457])])]);
  const status = message([1, 'mypod'], [2, running], [5, 2], [8, 'containerd://0123']);
  return message(
    [1, metadata('mypod', 'test')],
    [2, spec],
    [3, message([1, 'Running'], [7, message([1, 1_795_568_457])], [8, status])],
  );
}

/** The same as kubectl prints it. */
function podManifest(): object {
  const env = [
    { name: 'PLAIN', value: 'value' },
    { name: 'EMPTY' },
    { name: 'FOO', valueFrom: { secretKeyRef: { name: 'mysecret', key: 'foo', optional: true } } },
    { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
    { name: 'NODE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
  ];
  const envFrom = [
    { prefix: 'P_', secretRef: { name: 'mysecret', optional: true } },
    { configMapRef: { name: 'settings' } },
  ];
  const volumeMounts = [
    { name: 'vol', readOnly: true, mountPath: '/mnt/foo', subPath: 'foo' },
    { name: 'all', mountPath: '/all', subPathExpr: '$(NODE)' },
  ];
  const command = { command: ['sleep'], args: ['9999'] };
  const spec = {
    volumes: [
      { name: 'vol', secret: { secretName: 'mysecret', items: [{ key: 'foo', path: 'bar' }], defaultMode: 420 } },
      { name: 'conf', configMap: { name: 'settings' } },
      { name: 'all', projected: { sources: [{ secret: { name: 'mysecret', optional: true } }] } },
      { name: 'csi', csi: { driver: 'secrets-store.csi.k8s.io', nodePublishSecretRef: { name: 'creds' } } },
    ],
    containers: [{ name: 'mypod', image: 'busybox', ...command, env, envFrom, volumeMounts }],
    initContainers: [{ name: 'first', image: 'busybox' }],
    ephemeralContainers: [{ name: 'debug', image: 'busybox', targetContainerName: 'mypod' }],
    serviceAccountName: 'default',
    nodeName: 'node',
    hostNetwork: true,
    imagePullSecrets: [{ name: 'pull' }],
  };
  const containerStatus = {
    name: 'mypod',
    state: { running: { startedAt: CREATED } },
    restartCount: 2,
    containerID: 'containerd://0123',
  };
  const status = { phase: 'Running', startTime: CREATED, containerStatuses: [containerStatus] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...meta, name: 'mypod' }, spec, status };
}

test('a Pod is the same from protobuf and JSON, with all that it takes from Secrets', async () => {
  const key = '/registry/pods/test/mypod';
  const pod = await objectOf(protobuf('v1', 'Pod', podRaw()), key);
  assert.ok(isPod(pod));
  assert.equal(await objectOf(JSON.stringify(podManifest()), key), pod);
  const [, main] = pod.containers;
  const secret = { of: 'secret', name: 'mysecret', keys: [], paths: [], optional: true };
  assert.equal(main?.env[2], { name: 'FOO', value: null, from: { ...secret, keys: ['foo'] }, fieldPath: null });
  assert.equal(main?.envFrom[0], { prefix: 'P_', from: secret });
  assert.equal(
    main?.mounts.map(({ subPath, subPathExpands }) => [subPath, subPathExpands]),
    [
      ['foo', false],
      ['$(NODE)', true],
    ],
  );
  assert.equal(
    pod.volumes.map(({ from }) => from.map((one) => `${one.of} ${one.name} ${one.keys}>${one.paths}`)),
    [['secret mysecret foo>bar'], ['configMap settings >'], ['secret mysecret >'], []],
  );
  assert.equal(
    pod.containers.map(({ type, name, containerId }) => [type, name, containerId]),
    [
      ['init', 'first', null],
      ['container', 'mypod', 'containerd://0123'],
      ['ephemeral', 'debug', null],
    ],
  );
});

test('of other kinds the metadata is read, and nothing else', async () => {
  const raw = message([1, metadata('web', 'test', [11, entry('app', 'web')])], [2, Buffer.from([1, 2, 3])]);
  const object = await objectOf(protobuf('apps/v1', 'Deployment', raw), '/registry/deployments/test/web');
  assert.equal(Object.keys(object), ['apiVersion', 'kind', 'metadata']);
  assert.equal([...object.metadata.labels], [['app', 'web']]);
});

test('a custom resource called Secret is none', async () => {
  const value = JSON.stringify({
    apiVersion: 'example.com/v1',
    kind: 'Secret',
    metadata: { name: 'a', namespace: 'b' },
  });
  assert.not.ok(isSecret(await objectOf(value, '/registry/example.com/secrets/b/a')));
});

const problems: [what: string, value: string | Uint8Array, code: string, message: RegExp][] = [
  ['CBOR', Buffer.from([0xd9, 0xd9, 0xf7, 0xa0]), 'ERR_RECORD_UNSUPPORTED', /written in CBOR/],
  ['something else', 'S3CR3T', 'ERR_RECORD_UNSUPPORTED', /6 bytes are no object of Kubernetes/],
  ['nothing', '', 'ERR_RECORD_UNSUPPORTED', /0 bytes are no object/],
  ['JSON cut short', '{"kind":"Secret","data":{"foo":"S3CR3T', 'ERR_RECORD_MALFORMED', /begin as JSON/],
  ['JSON without a kind', '{"S3CR3T":1}', 'ERR_RECORD_MALFORMED', /no apiVersion or no kind/],
  ['YAML that is none', 'kind: [S3CR3T', 'ERR_RECORD_MALFORMED', /begins as YAML/],
  ['protobuf of nothing', 'k8s\0', 'ERR_RECORD_MALFORMED', /names no kind/],
  ['garbage', 'k8s\0S3CR3T\xff', 'ERR_RECORD_MALFORMED', /no whole protobuf message Unknown/],
  ['a Secret cut short', secretValue({ data: { foo: 'S3CR3T' } }).subarray(0, -3), 'ERR_RECORD_MALFORMED', /cut short/],
  ['a Secret of garbage', protobuf('v1', 'Secret', Buffer.from('S3CR3T')), 'ERR_RECORD_MALFORMED', /the Secret in it/],
  [
    'a kind cut short',
    protobuf('apps/v1', 'Deployment', Buffer.from([10, 9])),
    'ERR_RECORD_MALFORMED',
    /the Deployment/,
  ],
  [
    'compressed protobuf',
    Buffer.concat([Buffer.from('k8s\0'), message([1, message([1, 'v1'], [2, 'Secret'])], [2, 'S3CR3T'], [3, 'gzip'])]),
    'ERR_RECORD_UNSUPPORTED',
    /written in another way/,
  ],
];
for (const [what, value, code, text] of problems) {
  test(`${what} is said to be so, and shows nothing of the value`, async () => {
    const decoded = await decode(value);
    assert.is(decoded.problem?.code, code, decoded.problem?.message);
    assert.match(decoded.problem?.message ?? '', text);
    assert.is(decoded.object, null);
    assert.not.match(inspect(decoded.problem, { depth: 9, showHidden: true }), /S3CR3T/);
  });
}

const findings: [what: string, value: Uint8Array, expected: string[]][] = [
  ['nothing', secretValue(), []],
  ['an immutable Secret', secretValue({ immutable: true }), ['immutable ']],
  ['a type that nothing uses', secretValue({ type: 'my/type' }), ['unknown-type ']],
  ['a token of a service account', secretValue({ type: 'kubernetes.io/service-account-token' }), ['legacy-token ']],
  [
    'a certificate without its key',
    secretValue({ type: 'kubernetes.io/tls', data: { 'tls.crt': 'x' } }),
    ['missing-key tls.key'],
  ],
  ['a Secret of another place', secretValue({ namespace: 'other' }), ['other-place ']],
];
for (const [what, value, expected] of findings) {
  test(`finds ${what}`, async () => {
    const decoded = await decode(value);
    assert.equal(
      decoded.findings.map(({ code, keys }) => `${code} ${keys}`),
      expected,
    );
  });
}

function applied(manifest: object): Record<string, string> {
  return { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(manifest) };
}

test('finds values in clear in last-applied-configuration, and says which are not the present ones', async () => {
  const annotations = applied({ data: { foo: 'YmFy' }, stringData: { caz: 'S3CR3T-old' } });
  const { findings: found } = await decode(secretValue({ data: { foo: 'bar', caz: 'new' }, annotations }));
  assert.equal(
    found.map(({ code, keys }) => [code, keys]),
    [['last-applied-in-clear', ['foo', 'caz']]],
  );
  assert.match(found[0]?.message ?? '', /'foo', 'caz' in clear \('caz' not as it is now\)/);
  assert.not.match(inspect(found), /S3CR3T|YmFy/);
});

test('an annotation without values is no finding', async () => {
  assert.equal((await decode(secretValue({ annotations: applied({ metadata: {} }) }))).findings, []);
  assert.equal((await decode(secretValue({ annotations: applied([]) }))).findings, []);
});

test.run();
