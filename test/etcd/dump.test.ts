import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openEtcdDump } from '../../lib/etcd/dump.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: dump');
const folder = mkdtempSync(join(tmpdir(), 'podprobe-dump-'));
const path = join(folder, 'kv.json');
test.after(() => rmSync(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function dump(text: string): ReturnType<typeof openEtcdDump> {
  writeFileSync(path, text);
  return openEtcdDump(path);
}

test('gives the records of etcdctl, ids of leases to the last digit', async () => {
  const record = `{"key":"${base64('/b')}","create_revision":2,"mod_revision":3,"version":2,"value":"${base64('x')}","lease":7587848390000000123}`;
  await using reader = await dump(
    `{"header":{"cluster_id":15150252696654211503,"revision":9},"kvs":[${record}],"count":1}\n`,
  );
  const found = await reader.get('/b');
  assert.equal(
    [found?.createRevision, found?.modRevision, found?.version, found?.lease],
    [2n, 3n, 2n, 7587848390000000123n],
  );
  assert.is(String(found?.value), 'x');
  assert.is((await reader.get('/b', { revision: 9n }))?.lease, found?.lease);
  await rejects(reader.get('/b', { revision: 8n }), { code: 'ERR_INVALID_ARG_VALUE', option: 'revision' });
});

test('gives those of the JSON gateway, in the order of their bytes, with a prefix', async () => {
  const kvs = ['/b', '/a/2', '/a0', '/a/1'].map((key) => ({ key: base64(key), mod_revision: '7', value: base64('x') }));
  await using reader = await dump(JSON.stringify({ header: { revision: '7' }, kvs }));
  const pages: string[][] = [];
  for await (const { records, revision } of reader.pages('/a', { pageSize: 2, keysOnly: true })) {
    assert.is(revision, 7n);
    pages.push(records.map(({ key, value }) => `${Buffer.from(key)}=${Buffer.from(value)}`));
  }
  assert.equal(pages, [['/a/1=', '/a/2='], ['/a0=']]);
  assert.equal([await reader.count('/a/'), await reader.count(''), await reader.get('/a')], [2, 4, null]);
});

test('an empty etcd has an empty dump', async () => {
  await using reader = await dump('{"header":{"revision":1}}');
  assert.is(await reader.count(''), 0);
});

const broken: [what: string, text: string, expected: RegExp][] = [
  ['nothing', '', /is no JSON/],
  ['half of it', '{"header":{"revision":1},"kvs":[{"key":"UzNDUjNU', /is no JSON/],
  ['something else', '[]', /has no "header"/],
  ['kvs that are no list', '{"header":{},"kvs":{}}', /no list/],
  ['a record that is none', '{"header":{},"kvs":[7]}', /kvs\[0\] that is no object/],
  ['a record without a key', '{"header":{},"kvs":[{}]}', /kvs\[0\] without a key/],
  ['a key that is no base64', '{"header":{},"kvs":[{"key":"S3CR3T!"}]}', /kvs\[0\]\.key that is no base64/],
  ['a number that is none', '{"header":{},"kvs":[{"key":"YQ==","version":"S3CR3T"}]}', /kvs\[0\]\.version that is no/],
  ['a fraction', '{"header":{},"kvs":[{"key":"YQ==","version":1.5}]}', /kvs\[0\]\.version that is no number/],
];
for (const [what, text, expected] of broken) {
  test(`says what is wrong with ${what}, and nothing of what it holds`, async () => {
    const error = await rejects(dump(text), { name: 'EtcdError', code: 'ERR_ETCD_DUMP', message: expected });
    assert.not.match(`${error.message}${error.stack}`, /S3CR3T|UzNDUjNU/);
  });
}

test('a file that is not there is an error of the file system', async () => {
  await rejects(openEtcdDump(join(folder, 'none')), { code: 'ENOENT' });
});

test.run();
