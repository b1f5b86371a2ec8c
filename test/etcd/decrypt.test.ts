import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { decodeRecord, type DecodedRecord } from '../../lib/etcd/decode.ts';
import { readEncryptionConfiguration } from '../../lib/etcd/encryption/configuration.ts';
import { isSecret } from '../../lib/etcd/kubernetes/objects.ts';
import { rejects } from '../helpers/rejects.ts';
import { configurationText, encrypt, encryptKmsV1, encryptKmsV2, keyed, secretValue } from '../helpers/stored.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: encryption at rest');
const PATH = '/registry/secrets/test/mysecret';
const VALUE = 'S3CR3T-value-Gh5n';
const plain = secretValue({ data: { foo: VALUE } });
const key = Buffer.from('S3CR3T-key-of-32-bytes-Lm2xQw9Zp');
const other = Buffer.from('S3CR3T-another-key-32-bytes-Ty4b');
type Provider = keyof typeof encrypt;
const PROVIDERS: Provider[] = ['aescbc', 'aesgcm', 'secretbox'];

function record(value: Uint8Array, path = PATH): Parameters<typeof decodeRecord>[0] {
  return { key: Buffer.from(path), value, createRevision: 2n, modRevision: 3n, version: 2n, lease: 0n };
}

async function decode(value: Uint8Array, providers: readonly object[], path = PATH): Promise<DecodedRecord> {
  const configuration = await readEncryptionConfiguration(Buffer.from(configurationText(...providers)));
  return decodeRecord(record(value, path), { configuration });
}

function valueOf({ object, problem }: DecodedRecord): string {
  assert.is(problem, null);
  assert.ok(isSecret(object));
  return `${object.data.get('foo')}`;
}

function assertProblem(decoded: DecodedRecord, code: string, message: RegExp): void {
  assert.is(decoded.problem?.code, code, decoded.problem?.message);
  assert.match(decoded.problem?.message ?? '', message);
  assert.is(decoded.object, null);
  assert.not.match(inspect(decoded.problem, { depth: 9, showHidden: true }), /S3CR3T/);
}

for (const provider of PROVIDERS) {
  const sealed = encrypt[provider](plain, key, PATH);

  test(`${provider} is decrypted`, async () => {
    const decoded = await decode(sealed, [keyed(provider, { key1: key })]);
    assert.is(valueOf(decoded), VALUE);
    assert.equal(decoded.encryption, { provider, version: 'v1', keyName: 'key1', kms: null });
    assert.is(decoded.encoding, 'protobuf');
  });

  test(`${provider}: an older key reads, too`, async () => {
    assert.is(valueOf(await decode(sealed, [keyed(provider, { new: other, key1: key })])), VALUE);
  });

  test(`${provider}: of two keys of one name the right one is found`, async () => {
    const providers = [keyed(provider, { key1: other }), keyed(provider, { key1: key })];
    assert.is(valueOf(await decode(sealed, providers)), VALUE);
  });

  test(`${provider}: a wrong key is said to be one`, async () => {
    const decoded = await decode(sealed, [keyed(provider, { key1: other })]);
    assertProblem(decoded, 'ERR_RECORD_KEY_WRONG', /key that was given is another one/);
    assert.is(decoded.encryption?.keyName, 'key1');
    assert.is(decoded.encoding, null);
  });

  test(`${provider}: a changed value is said to be one`, async () => {
    const changed = Buffer.from(sealed);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 0x55;
    assertProblem(await decode(changed, [keyed(provider, { key1: key })]), 'ERR_RECORD_TAMPERED', /key is right/);
  });

  test(`${provider}: a key that the configuration lacks is named, and those it has`, async () => {
    const decoded = await decode(sealed, [keyed(provider, { a: key, b: other })]);
    assertProblem(
      decoded,
      'ERR_RECORD_KEY_UNKNOWN',
      /with key 'key1', which the configuration lacks \(keys it has: 'a', 'b'\)/,
    );
  });

  test(`${provider}: no configuration`, async () => {
    const decoded = await decodeRecord(record(sealed));
    assertProblem(decoded, 'ERR_RECORD_ENCRYPTED', new RegExp(`by ${provider} with key 'key1'`));
  });

  test(`${provider}: every value that is cut short is a problem`, async () => {
    const header = `k8s:enc:${provider}:v1:key1:`.length;
    for (let length = header; length < sealed.length; length += 7) {
      const { problem } = await decode(sealed.subarray(0, length), [keyed(provider, { key1: key })]);
      assert.ok(problem?.code.startsWith('ERR_RECORD_'), `${length} of ${sealed.length} bytes`);
    }
  });

  test(`${provider}: a name with a colon and other odd characters`, async () => {
    const name = 'key:1 ä/"';
    const decoded = await decode(encrypt[provider](plain, key, PATH, name), [
      keyed(provider, { key: other, [name]: key }),
    ]);
    assert.is(valueOf(decoded), VALUE);
    assert.is(decoded.encryption?.keyName, name);
  });
}

for (const size of [16, 24, 32]) {
  test(`AES keys of ${size} bytes`, async () => {
    const short = key.subarray(0, size);
    for (const provider of ['aescbc', 'aesgcm'] as const) {
      assert.is(
        valueOf(await decode(encrypt[provider](plain, short, PATH), [keyed(provider, { key1: short })])),
        VALUE,
      );
    }
  });
}

test('aesgcm: a record that was copied to another key is said to be tampered with', async () => {
  const sealed = encrypt.aesgcm(plain, key, PATH);
  const decoded = await decode(sealed, [keyed('aesgcm', { key1: key })], '/registry/secrets/test/other');
  assertProblem(decoded, 'ERR_RECORD_TAMPERED', /copied here from another key/);
});

test('aescbc authenticates nothing: a record that was copied is read, and said to be another', async () => {
  const sealed = encrypt.aescbc(plain, key, PATH);
  const decoded = await decode(sealed, [keyed('aescbc', { key1: key })], '/registry/secrets/test/other');
  assert.is(valueOf(decoded), VALUE);
  assert.equal(
    decoded.findings.map(({ code }) => code),
    ['other-place'],
  );
});

test('a record of a resource that no rule is for is read by the keys there are', async () => {
  const sealed = encrypt.aescbc(plain, key, '');
  assert.is(valueOf(await decode(sealed, [keyed('aescbc', { key1: key })], '/registry/configmaps/a/b')), VALUE);
});

const kms: [what: string, value: Buffer, dekType: string][] = [
  ['v1', encryptKmsV1(plain, key, PATH), 'key'],
  ['v1 of before Kubernetes 1.25', encryptKmsV1(plain, key, PATH, true), 'key'],
  ['v2 with a key', encryptKmsV2(plain, key, PATH, false), 'key'],
  ['v2 with a seed', encryptKmsV2(plain, key, PATH, true), 'seed'],
];
for (const [what, value, dekType] of kms) {
  test(`kms ${what} is decrypted by its DEK`, async () => {
    const decoded = await decodeRecord(record(value), { kmsDek: key });
    assert.is(valueOf(decoded), VALUE);
    assert.is(decoded.encryption?.kms?.dekType, dekType);
  });

  test(`kms ${what}: without the DEK it says whose it is`, async () => {
    const decoded = await decodeRecord(record(value));
    assertProblem(decoded, 'ERR_RECORD_ENCRYPTED', /KMS plugin 'plugin': only the plugin can give the DEK/);
    assert.is(decoded.encryption?.keyName, 'plugin');
    assert.is(decoded.encryption?.kms?.keyId, what.startsWith('v2') ? 'key-id-7' : null);
  });

  test(`kms ${what}: a wrong DEK`, async () => {
    assertProblem(await decodeRecord(record(value), { kmsDek: other }), 'ERR_RECORD_KEY_WRONG', /is another one/);
  });
}

test('kms v2 tells the annotations of the plugin', async () => {
  const { encryption } = await decodeRecord(record(encryptKmsV2(plain, key, PATH, true)));
  assert.equal(
    [...(encryption?.kms?.annotations ?? [])].map(([name, value]) => [name, Buffer.from(value).toString()]),
    [['version.example.com', '7']],
  );
});

test('a DEK of another size is an error of who gives it', () =>
  rejects(decodeRecord(record(plain), { kmsDek: new Uint8Array(16) }), {
    code: 'ERR_INVALID_ARG_VALUE',
    option: 'kmsDek',
  }));

const broken: [what: string, value: string | Buffer, code: string, message: RegExp][] = [
  ['a header without an end', 'k8s:enc:aescbc:v1:key1', 'ERR_RECORD_MALFORMED', /names no key/],
  ['a key without a name', 'k8s:enc:aescbc:v1::x', 'ERR_RECORD_MALFORMED', /names no key/],
  ['a header alone', 'k8s:enc:', 'ERR_RECORD_MALFORMED', /names no key/],
  ['an unknown provider', 'k8s:enc:rot13:v1:key1:x', 'ERR_RECORD_UNSUPPORTED', /by rot13 with key 'key1'/],
  ['an unknown version', 'k8s:enc:aescbc:v9:key1:x', 'ERR_RECORD_UNSUPPORTED', /not known here/],
  ['an unknown version of kms', 'k8s:enc:kms:v3:plugin:x', 'ERR_RECORD_UNSUPPORTED', /unknown version of kms, v3/],
  ['kms v1 cut short', 'k8s:enc:kms:v1:plugin:\xff', 'ERR_RECORD_MALFORMED', /ends within the encrypted DEK/],
  ['kms v2 cut short', encryptKmsV2(plain, key, PATH, true).subarray(0, 60), 'ERR_RECORD_MALFORMED', /KMS envelope/],
];
for (const [what, value, code, message] of broken) {
  test(`${what} is a problem, not an exception`, async () => {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
    assertProblem(await decodeRecord(record(bytes), { kmsDek: null }), code, message);
  });
}

test.run();
