import * as assert from 'uvu/assert';
import { takeCensus } from '../../lib/etcd/census.ts';
import { type EncryptionConfiguration, readEncryptionConfiguration } from '../../lib/etcd/encryption/configuration.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: census');
const IN_CLEAR = Buffer.from('k8s\0');

function record(key: string, value: string | Buffer): { key: Buffer; value: Buffer } {
  return { key: Buffer.from(`/registry/${key}`), value: Buffer.from(value) };
}

function configure(...providers: object[]): Promise<EncryptionConfiguration> {
  const resources = [{ resources: ['secrets'], providers }];
  const document = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources };
  return readEncryptionConfiguration(Buffer.from(JSON.stringify(document)));
}

function aescbc(...names: string[]): object {
  return { aescbc: { keys: names.map((name) => ({ name, secret: Buffer.alloc(32, name).toString('base64') })) } };
}

async function findingsOf(
  records: readonly ReturnType<typeof record>[],
  configuration: EncryptionConfiguration | null,
): Promise<string[]> {
  const { findings } = await takeCensus(records, configuration);
  return findings.map(({ code, resource, keyName, records }) => [code, resource, keyName, records].join(' '));
}

test('counts by resource, provider and key, and says what would be written so now', async () => {
  const records = [
    record('secrets/a/1', 'k8s:enc:aescbc:v1:new:x'),
    record('secrets/a/2', 'k8s:enc:aescbc:v1:new:y'),
    record('secrets/a/3', 'k8s:enc:aescbc:v1:old:z'),
    record('configmaps/a/1', IN_CLEAR),
    { key: Buffer.from('compact_rev_key'), value: Buffer.from('17') },
  ];
  const census = await takeCensus(records, await configure(aescbc('new', 'old')));
  assert.is(census.records, 5);
  assert.equal(census.resources, [
    {
      resource: 'secrets',
      records: 3,
      groups: [
        { provider: 'aescbc', keyName: 'new', records: 2, current: true },
        { provider: 'aescbc', keyName: 'old', records: 1, current: false },
      ],
    },
    {
      resource: 'configmaps',
      records: 1,
      groups: [{ provider: 'identity', keyName: null, records: 1, current: true }],
    },
    { resource: null, records: 1, groups: [{ provider: 'identity', keyName: null, records: 1, current: null }] },
  ]);
});

test('records that are as they should be are no finding', async () => {
  const records = [record('secrets/a/1', 'k8s:enc:aescbc:v1:new:x'), record('pods/a/1', IN_CLEAR)];
  assert.equal(await findingsOf(records, await configure(aescbc('new'))), []);
});

test('finds what was written before encryption was configured', async () => {
  const records = [record('secrets/a/1', IN_CLEAR)];
  assert.equal(await findingsOf(records, await configure(aescbc('new'), { identity: {} })), [
    'plaintext-leftover secrets  1',
  ]);
});

test('says that a record in clear cannot be read where identity is not listed', async () => {
  const { findings } = await takeCensus([record('secrets/a/1', IN_CLEAR)], await configure(aescbc('new')));
  assert.match(findings[0]?.message ?? '', /kube-apiserver cannot read them/);
});

test('finds records that are not under the key that writes', async () => {
  const records = [record('secrets/a/1', 'k8s:enc:aescbc:v1:old:x')];
  assert.equal(await findingsOf(records, await configure(aescbc('new', 'old'))), ['not-under-write-key secrets old 1']);
});

test('finds records whose key the configuration lacks', async () => {
  const records = [record('secrets/a/1', 'k8s:enc:aescbc:v1:gone:x'), record('pods/a/1', 'k8s:enc:aescbc:v1:new:x')];
  assert.equal(await findingsOf(records, await configure(aescbc('new'))), [
    'key-missing secrets gone 1',
    'key-missing pods new 1',
  ]);
});

test('a key of the same name under another provider is another key', async () => {
  const records = [record('secrets/a/1', 'k8s:enc:aesgcm:v1:new:x')];
  assert.equal(await findingsOf(records, await configure(aescbc('new'))), ['key-missing secrets new 1']);
});

test('finds keys that no record uses, but not the one that writes', async () => {
  assert.equal(await findingsOf([], await configure(aescbc('new', 'old'))), ['key-unused secrets old 0']);
});

test('finds that identity comes first, and what is still encrypted', async () => {
  const records = [record('secrets/a/1', 'k8s:enc:aescbc:v1:new:x')];
  assert.equal(await findingsOf(records, await configure({ identity: {} }, aescbc('new'))), [
    'identity-first secrets  0',
    'not-under-write-key secrets new 1',
  ]);
});

test('without a configuration it finds records in clear beside others', async () => {
  const records = [
    record('secrets/a/1', 'k8s:enc:kms:v2:plugin:x'),
    record('secrets/a/2', IN_CLEAR),
    record('pods/a/1', IN_CLEAR),
  ];
  assert.equal(await findingsOf(records, null), ['plaintext-leftover secrets  1']);
});

test('a header without an end is a finding', async () => {
  assert.equal(await findingsOf([record('secrets/a/1', 'k8s:enc:aescbc:v1')], null), ['malformed-header secrets  1']);
});

test('a key whose name has a colon is known by the configuration', async () => {
  const records = [record('secrets/a/1', 'k8s:enc:aescbc:v1:a:b:x')];
  assert.equal(await findingsOf(records, await configure(aescbc('a:b'))), []);
});

test('keeps a bounded number of groups, and says so', async () => {
  const records = Array.from({ length: 5000 }, (_, i) => record(`r${i}/a/1`, IN_CLEAR));
  const census = await takeCensus(records, null);
  assert.is(census.records, 5000);
  assert.is(census.resources.length, 4096);
  assert.equal(
    census.findings.map(({ code, records }) => [code, records]),
    [['too-many-groups', 904]],
  );
});

test.run();
