import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { KnownSecret } from '../../../lib/trail/known-secret.ts';
import { readSecretFromManifest } from '../../../lib/trail/truth/from-manifest.ts';
import { captured } from '../../helpers/captured.ts';
import { isWiped, versionLines } from '../../helpers/known.ts';
import { rejects } from '../../helpers/rejects.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: the truth of a manifest');
const wanted = { namespace: 'test', name: 'mysecret' };

function read(text: string, name: typeof wanted | null = wanted): Promise<KnownSecret> {
  return readSecretFromManifest({ text: Buffer.from(text), name: 'secret.yaml' }, name);
}

function yaml(rest: string, name = 'mysecret', namespace = 'test'): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: ${namespace}}\n${rest}\n`;
}

async function valuesOf(rest: string): Promise<string> {
  const known = await read(yaml(rest));
  assert.equal([known.versions.length, known.complete, known.versions[0]?.revision], [1, false, null]);
  return versionLines(known)[0] ?? '';
}

test('stringData counts before data, as in kube-apiserver', async () => {
  assert.is(
    await valuesOf('data: {foo: YmFy, caz: YmF6}\nstringData: {foo: new}'),
    'manifest - foo=new caz=baz - current',
  );
});

test('base64 may have line ends, and be empty', async () => {
  assert.is(await valuesOf('data:\n  foo: |\n    YmFy\n    YmF6\n  none: ""'), 'manifest - foo=barbaz none= - current');
});

const faults: [fault: string, rest: string, message: RegExp][] = [
  ['a value in clear in data', 'data: {foo: s3cret!}', /data\.foo is no base64: .* stringData/],
  ['base64 without its padding', 'data: {foo: YmE}', /data\.foo is no base64/],
  ['a number', 'stringData: {foo: 538361}', /stringData\.foo is no string: put it in quotes/],
  ['a key that is none', 'stringData: {"s3 cret": x}', /stringData has a key that is none/],
  ['data that is a list', 'data: [s3cret]', /data is no object/],
];
for (const [fault, rest, message] of faults) {
  test(`${fault} is refused, and not shown`, async () => {
    const error = await rejects(read(yaml(rest)), { code: 'ERR_INVALID_ARG_VALUE', message });
    assert.match(error.message, "'secret.yaml'");
    assert.not.match(error.message, /s3 ?cret|538361/);
  });
}

const broken: [what: string, text: string, message: RegExp][] = [
  ['text that is no YAML', 'a: 1\nb: [s3cret\nc: 1\n', /'secret\.yaml' cannot be read: line [23] is no YAML/],
  ['a document that is no object', `${yaml('')}---\n- s3cret\n`, /document 2 is no object/],
  ['what is nested too deeply', '['.repeat(100), /nested deeper/],
  ['an alias that leads nowhere', 'a: *s3cret\n', /no YAML|no object/],
  ['more than 4 MiB', ' '.repeat(2 ** 22 + 1), /4194305 bytes/],
];
for (const [what, text, message] of broken) {
  test(`${what} is refused, and not shown`, async () => {
    const error = await rejects(read(text), { code: 'ERR_INVALID_ARG_VALUE', message });
    assert.not.match(error.message, 's3cret');
  });
}

test('is found among several documents, and in lists', async () => {
  const list = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret', namespace: 'test' }, data: { foo: 'YmFy' } },
    ],
  });
  const single = `apiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: mysecret}, stringData: {foo: bar}}]\n`;
  const others = `# first\n---\n---\n${yaml('stringData: {foo: x}', 'mysecret', 'prod')}---\nkind: Pod\n`;
  for (const text of [list, single, `${others}---\n${yaml('stringData: {foo: bar}')}`]) {
    assert.equal(versionLines(await read(text)), ['manifest - foo=bar - current']);
  }
});

test('the only Secret of a file needs no name', async () => {
  const { namespace, name } = await read(`kind: Pod\napiVersion: v1\n---\n${yaml('')}`, null);
  assert.equal([namespace, name], ['test', 'mysecret']);
});

test('several that could be meant, or none, are told by their names', async () => {
  const both = `${yaml('stringData: {foo: s3cret}')}---\n${yaml('', 'other')}`;
  await rejects(read(both, null), {
    code: 'ERR_TARGET_AMBIGUOUS',
    message: /2 Secrets .*: test\/mysecret, test\/other$/,
  });
  await rejects(read(`${yaml('')}---\n${yaml('')}`), { code: 'ERR_TARGET_AMBIGUOUS' });
  const missing = read(both, { namespace: 'prod', name: 'mysecret' });
  await rejects(missing, {
    code: 'ERR_TARGET_UNKNOWN',
    message: /prod\/mysecret in 'secret\.yaml'; there is test\/mysecret/,
  });
  await rejects(read('kind: Pod\n', null), { code: 'ERR_TARGET_UNKNOWN' });
});

test('what kubectl printed has its revision, its uid and its writers', async () => {
  const { metadata } = captured.printed.secret;
  const known = await read(JSON.stringify(captured.printed.secret), null);
  assert.is(known.uid, metadata['uid']);
  assert.is(`${known.versions[0]?.revision}`, metadata['resourceVersion']);
  assert.ok(known.versions[0]?.since);
  assert.equal([...known.keyTimes.keys()], [...(known.versions[0]?.data.keys() ?? [])]);
  known[Symbol.dispose]();
  assert.ok(isWiped(known));
});

test('a file is read, and a pipe', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podprobe-manifest-'));
  try {
    const [path, pipe] = [join(folder, 'secret.yaml'), join(folder, 'pipe')];
    writeFileSync(path, yaml('stringData: {foo: bar}'));
    assert.equal(versionLines(await readSecretFromManifest(path)), ['manifest - foo=bar - current']);
    execFileSync('mkfifo', [pipe]);
    const reading = readSecretFromManifest(pipe, wanted);
    execFileSync('sh', ['-c', 'cat "$1" > "$2"', 'sh', path, pipe]);
    assert.equal(versionLines(await reading), ['manifest - foo=bar - current']);
    await rejects(readSecretFromManifest(join(folder, 'none')), { code: 'ENOENT' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
