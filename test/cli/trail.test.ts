import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { podprobe } from '../helpers/command.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('podprobe trail');

const manifest = (value: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mysecret', namespace: 'test' },
    stringData: { password: value },
  });
/** On no process of this machine; put together, so that it is not on the command line of this one either. */
const VALUE = ['s3cr3t', 'Passw0rd', 'of-nobody-9'].join('+');

let folder: string;
let file: string;
/** Where there is no etcd, so that what runs on this machine does not matter. */
const nowhere = ['--endpoints', 'http://127.0.0.1:1'];
const alone = ['--pid', String(process.pid)];

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'podprobe-trail-'));
  file = join(folder, 'secret.yaml');
  writeFileSync(file, manifest(VALUE));
});

test.after(() => rmSync(folder, { recursive: true }));

const wrong: readonly (readonly [words: readonly string[], message: RegExp])[] = [
  [[], /NAMESPACE\/SECRET, --all or --value-from-stdin KEY must be given/],
  [['mysecret'], /must be NAMESPACE\/SECRET, not 'mysecret'/],
  [['a/b/c'], /must be NAMESPACE\/SECRET/],
  [['test/mysecret', '--all'], /leave out what is of one/],
  [['--all', '--wait', '10m'], /leave out what is of one/],
  [['--from', 'x.yaml'], /must be given/],
  [['--from', 'x.yaml', '--value-from-stdin', 'k'], /must be named/],
  [['test/mysecret', '--from', 'x', '--from-volume', 'a/b/c'], /cannot both be given/],
  [['test/mysecret', '--wait', '10'], /must be like 90s, 10m or 1h/],
  [['test/mysecret', '--wait', '25h'], /at most a day/],
  [['test/mysecret', '--source', 'kubectl'], /etcd, api/],
  [['test/mysecret', '--host', 'x'], /must be a process id/],
];
for (const [words, message] of wrong) {
  test(`refuses ${words.join(' ') || 'nothing'}`, async () => {
    const { code, stderr } = await podprobe(['trail', ...words]);
    assert.is(code, 2, stderr);
    assert.match(stderr, message);
  });
}

test('says which etcd did not answer, when it was told to ask that one', async () => {
  const { code, stderr } = await podprobe(['trail', 'test/mysecret', ...nowhere]);
  assert.is(code, 3);
  assert.match(stderr, /127\.0\.0\.1:1/);
});

test('says what is no manifest, and nothing of it', async () => {
  const path = join(folder, 'bad.yaml');
  writeFileSync(path, `password: [${VALUE}`);
  const { code, text } = await podprobe(['trail', 'test/mysecret', '--from', path, ...alone]);
  assert.is(code, 2);
  assert.match(text, /bad\.yaml/);
  assert.not(text.includes(VALUE));
});

test('tells that a Secret is not in a manifest, and which is', async () => {
  const { code, stderr } = await podprobe(['trail', 'test/other', '--from', file, ...alone]);
  assert.is(code, 3);
  assert.match(stderr, /test\/mysecret/);
});

test('writes a page that only its owner can read, and no value into it', async () => {
  const page = join(folder, 'page.html');
  const { code, text } = await podprobe(['trail', 'test/mysecret', '--from', file, '--report', page, ...alone]);
  assert.ok(code === 0 || code === 5, text);
  assert.not(text.includes(VALUE));
  assert.is(statSync(page).mode & 0o777, 0o600);
});

test('says that a page cannot be written', async () => {
  const page = join(folder, 'nowhere/page.html');
  const { code, stderr } = await podprobe(['trail', 'test/mysecret', '--from', file, '--report', page, ...alone]);
  assert.is(code, 2);
  assert.match(stderr, /--report.*cannot be written/);
});

test.run();
