import * as assert from 'uvu/assert';
import { escapeControls } from '../../lib/cli/output.ts';
import { type DecodedRecord, decodeRecord } from '../../lib/etcd/decode.ts';
import { readEncryptionConfiguration } from '../../lib/etcd/encryption/configuration.ts';
import { writerOf } from '../../lib/etcd/field-writers.ts';
import { toManifest } from '../../lib/etcd/manifest.ts';
import { redactManifest, yamlText } from '../../lib/report/etcd-manifest.ts';
import { captured, capturedRecord } from '../helpers/captured.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: what kube-apiserver stored');
const SECRET = '/registry/secrets/test/mysecret';
const configuration = await readEncryptionConfiguration(Buffer.from(captured.configuration));

function decode(key: string): Promise<DecodedRecord> {
  return decodeRecord(capturedRecord(key), { configuration });
}

function withoutManagedFields(printed: { metadata: Record<string, unknown> }): object {
  const { managedFields: _, ...metadata } = printed.metadata;
  return { ...printed, metadata };
}

const providers: [key: string, provider: string | null, keyName: string | null][] = [
  [SECRET, 'aescbc', 'key1'],
  ['/registry/configmaps/test/settings', 'aesgcm', 'key2'],
  ['/registry/serviceaccounts/test/robot', 'secretbox', 'key3'],
  ['/registry/pods/test/mypod', null, null],
];
for (const [key, provider, keyName] of providers) {
  test(`${key} is decrypted (${provider}) and read`, async () => {
    const { encryption, object, problem, place } = await decode(key);
    assert.is(problem, null);
    assert.is(encryption?.provider ?? null, provider);
    assert.is(encryption?.keyName ?? null, keyName);
    assert.is(object?.metadata.name, place?.name);
  });
}

const printed: [kind: keyof typeof captured.printed, key: string][] = [
  ['secret', SECRET],
  ['configmap', '/registry/configmaps/test/settings'],
  ['pod', '/registry/pods/test/mypod'],
];
for (const [kind, key] of printed) {
  test(`a ${kind} is what kubectl told of it`, async () => {
    const value = Buffer.from(JSON.stringify(captured.printed[kind]));
    const { object } = await decodeRecord({ ...capturedRecord(key), value });
    assert.equal((await decode(key)).object, object);
  });
}

for (const [kind, key] of printed.slice(0, 2)) {
  test(`a ${kind} is printed as kubectl prints it`, async () => {
    assert.equal(toManifest(await decode(key)), withoutManagedFields(captured.printed[kind]));
  });
}

test('YAML is laid out as kubectl does', async () => {
  const expected = captured.printedYaml.replace(/ {2}managedFields:\n(?: {2}[- ] .*\n)*/, '');
  const manifest = toManifest(await decode(SECRET));
  assert.ok(manifest);
  assert.is(`${await yamlText(manifest)}\n`, expected);
});

test('of a Pod in protobuf there is no manifest', async () => {
  assert.is(toManifest(await decode('/registry/pods/test/mypod')), null);
});

test('a redacted manifest has no value, and cannot be applied', async () => {
  const manifest = toManifest(await decode(SECRET));
  assert.ok(manifest);
  const text = JSON.stringify(redactManifest(manifest));
  for (const value of ['YmF6', 'bmV3', 'baz', '"bar"']) assert.not.match(text, new RegExp(value));
  assert.match(text, /"data":\{"caz":"\*\*\*","foo":"\*\*\*"\}/);
});

test('managedFields tell who wrote each key', async () => {
  const { object } = await decode(SECRET);
  assert.ok(object);
  assert.equal(
    ['foo', 'caz', 'other'].map((key) => writerOf(object.metadata, key)?.manager ?? null),
    ['rotator', 'kubectl-client-side-apply', null],
  );
});

test('characters that could reach a terminal are in double quotes, where they can be escaped', async () => {
  const text = escapeControls(await yamlText({ a: 'x\u202ey', b: 'x\u009by' }));
  assert.is(text, 'a: "x\\u202ey"\nb: "x\\u009by"');
});

test('a manifest that is nested without end is refused', async () => {
  const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  const value = Buffer.from(`{"apiVersion":"x/v1","kind":"X","metadata":{"name":"a"},"spec":${deep}}`);
  const record = await decodeRecord({ ...capturedRecord(SECRET), value });
  assert.throws(() => toManifest(record), /nested too deeply/);
});

test.run();
