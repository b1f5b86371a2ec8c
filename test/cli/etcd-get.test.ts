import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { podprobe, type Result } from '../helpers/command.ts';
import { captured } from '../helpers/captured.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { configurationText, encrypt, encryptKmsV2, keyed, managed, secretValue } from '../helpers/stored.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('cli: etcd get');
const folder = mkdtempSync(join(tmpdir(), 'podprobe-etcd-get-'));
test.after(() => rmSync(folder, { recursive: true }));

const PLANTED = {
  foo: 'S3CR3T-value-8Qw1zX',
  applied: 'S3CR3T-applied-p0Lm4T',
  key: 'S3CR3T-key-of-32-bytes-Lm2xQw9Zp',
};
const key = Buffer.from(PLANTED.key);
const other = Buffer.from('S3CR3T-another-key-32-bytes-Ty4b');
const annotations = {
  'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ stringData: { foo: PLANTED.applied } }),
};

function secret(name: string): Buffer {
  return secretValue({ name, data: { foo: PLANTED.foo }, annotations, managed: [managed('rotator', ['foo'])] });
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const path = (name: string): string => `/registry/secrets/test/${name}`;
const records: Record<string, Uint8Array> = {
  [path('plain')]: secret('plain'),
  [path('cbc')]: encrypt.aescbc(secret('cbc'), key, path('cbc')),
  [path('box')]: encrypt.secretbox(secret('box'), key, path('box')),
  [path('kms')]: encryptKmsV2(secret('kms'), key, path('kms'), true),
  [path('cut')]: secret('cut').subarray(0, 80),
  [path('hostile')]: secretValue({ name: 'hostile', data: { 'a\u001b[31m\u009b': 'x' }, type: 'x\u202ey' }),
  '/registry/example.com/widgets/test/one': Buffer.from(
    JSON.stringify({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'one', namespace: 'test' },
      spec: PLANTED.foo,
    }),
  ),
  '/registry/namespaces/test': Buffer.from('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"test"}}'),
};
const kvs = Object.entries(records).map(([name, value]) => ({
  key: Buffer.from(name).toString('base64'),
  value: Buffer.from(value).toString('base64'),
  create_revision: 2,
  mod_revision: 7,
  version: 3,
}));
const dump = file('kv.json', JSON.stringify({ header: { revision: 9 }, kvs }));
const real = file('real.json', JSON.stringify(captured.records));
const providers = ['aescbc', 'secretbox'].map((provider) => keyed(provider, { key1: key }));
const config = file('config.json', configurationText(...providers));
const wrong = file('wrong.json', configurationText(keyed('aescbc', { key1: other })));
const lacking = file('lacking.json', configurationText(keyed('aescbc', { another: key })));
const realConfig = file('real.yaml', captured.configuration);
const dek = file('dek', key);
const dekBase64 = file('dek.base64', `${key.toString('base64')}\n`);

function get(...words: string[]): Promise<Result> {
  return podprobe(['etcd', 'get', '--from', dump, ...words]);
}

type Document = {
  key: string;
  modRevision: number;
  encryption: { provider: string; keyName: string } | null;
  secret: { data: Record<string, { length: number; value?: string; by: { manager: string } }> } | null;
  problem: { code: string } | null;
};

async function documentOf(words: string[], code = 0): Promise<Document> {
  const { stdout, text, code: actual } = await get(...words, '--json');
  assert.is(actual, code, text);
  return assertKeeps<Document>('etcd-get', JSON.parse(stdout) as object);
}

test('a Secret by NAMESPACE/NAME, as text', async () => {
  const { stdout, code } = await get('test/plain');
  assert.is(code, 0);
  assert.match(stdout, /^Secret test\/plain \(Opaque\)$/m);
  assert.match(stdout, /^encryption +none: the record is in clear/m);
  assert.match(stdout, /^ {2}foo +19 bytes [0-9a-f]{16} +by rotator at 2026-11-25T01:00:57Z$/m);
  assert.match(stdout, /^note: the annotation .* holds 'foo' in clear \('foo' not as it is now\)/m);
});

const ways: [words: string[], key: string][] = [
  [['test/plain'], path('plain')],
  [['secret', 'test/plain'], path('plain')],
  [[path('plain')], path('plain')],
  [['Widget.example.com', 'test/one'], '/registry/example.com/widgets/test/one'],
  [['ns', 'test'], '/registry/namespaces/test'],
  [['test/plain', '--prefix', 'registry/'], path('plain')],
];
for (const [words, expected] of ways) {
  test(`${words.join(' ')} is ${expected}`, async () => assert.is((await documentOf(words)).key, expected));
}

test('JSON tells revision, encryption and who wrote a key', async () => {
  const { modRevision, encryption, secret: shown } = await documentOf(['test/cbc', '--encryption-config', config]);
  assert.is(modRevision, 7);
  assert.is(encryption?.provider, 'aescbc');
  assert.is(encryption?.keyName, 'key1');
  assert.is(shown?.data['foo']?.length, PLANTED.foo.length);
  assert.is(shown?.data['foo']?.by.manager, 'rotator');
});

const kinds = ['configmap test/settings', 'pod test/mypod', 'serviceaccount test/robot', 'test/mysecret'];
for (const words of kinds) {
  test(`what a real kube-apiserver stored keeps to the schema: ${words}`, async () => {
    const args = ['etcd', 'get', ...words.split(' '), '--from', real, '--encryption-config', realConfig, '--json'];
    const { stdout, code, text } = await podprobe(args);
    assert.is(code, 0, text);
    assertKeeps('etcd-get', JSON.parse(stdout) as object);
  });
}

test('--reveal shows values', async () => {
  const { secret: shown } = await documentOf(['test/box', '--encryption-config', config, '--reveal']);
  assert.is(shown?.data['foo']?.value, PLANTED.foo);
  assert.match((await get('test/plain', '--reveal')).stdout, new RegExp(PLANTED.foo));
});

for (const file of [dek, dekBase64]) {
  test(`--kms-dek takes bytes and base64: ${file.slice(folder.length)}`, async () => {
    assert.ok((await documentOf(['test/kms', '--kms-dek', file])).secret !== null);
  });
}

const problems: [words: string[], code: string][] = [
  [['test/cbc'], 'ERR_RECORD_ENCRYPTED'],
  [['test/kms'], 'ERR_RECORD_ENCRYPTED'],
  [['test/cbc', '--encryption-config', wrong], 'ERR_RECORD_KEY_WRONG'],
  [['test/cbc', '--encryption-config', lacking], 'ERR_RECORD_KEY_UNKNOWN'],
  [['test/cut'], 'ERR_RECORD_MALFORMED'],
];
for (const [words, code] of problems) {
  test(`${words.join(' ').replaceAll(folder, '')}: exit code 5 and ${code}`, async () => {
    assert.is((await documentOf(words, 5)).problem?.code, code);
    assert.is((await get(...words)).code, 5);
  });
}

const refused: [words: string[], code: number, message: RegExp][] = [
  [['test/nobody'], 3, /no key '\/registry\/secrets\/test\/nobody' in .*kv\.json/],
  [['plain'], 2, /must be NAMESPACE\/NAME of a Secret/],
  [['a/b/c'], 2, /must be NAMESPACE\/NAME of a Secret/],
  [['test/'], 2, /name must be 1 to 253 characters/],
  [['test/plain', '--encryption-config', dump], 2, /kind is none of EncryptionConfiguration/],
  [['test/plain', '--encryption-config', '/nowhere'], 2, /--encryption-config cannot be read/],
  [['test/plain', '--kms-dek', dump], 2, /--kms-dek must hold 32 bytes/],
  [['test/plain', '--output', 'xml'], 2, /json, yaml/],
  [['Widget.example.com', 'test/one', '--output', 'yaml'], 2, /values included: give --reveal/],
  [['test/cut', '--output', 'json'], 5, /no whole protobuf message/],
];
for (const [words, code, message] of refused) {
  test(`${words.join(' ').replaceAll(folder, '')} is refused with ${code}`, async () => {
    const { stderr, code: actual } = await get(...words);
    assert.is(actual, code, stderr);
    assert.match(stderr, message);
  });
}

test('--output is what kubectl would print, without the values', async () => {
  const { stdout } = await get('test/plain', '--output', 'yaml');
  assert.match(stdout, /^data:\n {2}foo: "\*{3}"\nimmutable: false\nkind: Secret\nmetadata:\n/m);
  assert.match(stdout, /^ {2}resourceVersion: "7"$/m);
});

test('--output with --reveal has the values', async () => {
  const { stdout } = await get('test/plain', '--output', 'json', '--reveal');
  const { data } = JSON.parse(stdout) as { data: Record<string, string> };
  assert.is(Buffer.from(data['foo'] ?? '', 'base64').toString(), PLANTED.foo);
});

test('what is stored as JSON is printed whole, with --reveal', async () => {
  const { stdout } = await get('Widget.example.com', 'test/one', '--output', 'json', '--reveal');
  assert.equal(JSON.parse(stdout), {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'one', namespace: 'test', resourceVersion: '7' },
    spec: PLANTED.foo,
  });
});

test('names cannot reach the terminal', async () => {
  for (const words of [[], ['--json'], ['--output', 'yaml'], ['--output', 'json']]) {
    const { stdout, code } = await get('test/hostile', ...words);
    assert.is(code, 0);
    for (const odd of ['\u001b', '\u009b', '\u202e']) assert.not.ok(stdout.includes(odd), words.join(' '));
  }
});

const silent: string[][] = [[], ['--json'], ['--output', 'json'], ['--output', 'yaml']];
for (const words of silent) {
  test(`no value is in what is printed: ${words.join(' ') || 'text'}`, async () => {
    const forms = Object.values(PLANTED).flatMap((text) => [text, Buffer.from(text).toString('base64').slice(0, -4)]);
    const all = [
      ['test/plain'],
      ['test/cut'],
      ['test/cbc', '--encryption-config', config],
      ['test/cbc', '--encryption-config', wrong],
      ['test/kms', '--kms-dek', dek],
    ];
    for (const one of all) {
      const { text } = await get(...one, ...words);
      assert.ok(text.length > 0);
      assert.equal(
        forms.filter((form) => text.includes(form)),
        [],
      );
    }
  });
}

test.run();
