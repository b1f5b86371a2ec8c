import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { podprobe } from '../helpers/command.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('cli: etcd keys');
const skip = etcdMissing();
const folder = mkdtempSync(join(tmpdir(), 'podprobe-keys-'));
const VALUE = 'S3CR3T-value';
const KEYS = [
  '/registry/apiregistration.k8s.io/apiservices/v1.',
  '/registry/minions/node-1',
  '/registry/secrets/test-2/other',
  '/registry/secrets/test/mysecret',
  '/registry/services/specs/default/kubernetes',
  'compact_rev_key',
];

let etcd: Etcd;
test.before(async () => {
  etcd = await Etcd.start({ tls: true });
  for (const key of KEYS) await etcd.put(key, VALUE);
});
test.after(async () => {
  await etcd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const keys = (...words: string[]) => podprobe(['etcd', 'keys', ...words, ...etcd.flags]);

test(
  'lists the keys with a prefix, and no values',
  async () => {
    const { code, text } = await keys();
    assert.equal([code, text], [0, `${KEYS.slice(0, -1).join('\n')}\n`]);
    assert.is((await keys('/registry/secrets/')).text, `${KEYS[2]}\n${KEYS[3]}\n`);
    assert.is((await keys('')).text, `${KEYS.join('\n')}\n`);
    assert.equal(await keys('/nothing'), { code: 0, stdout: '', stderr: '', text: '' });
  },
  { skip },
);

test(
  'is told where etcd is by what etcdctl is told by',
  async () => {
    const [, endpoints = '', , cacert = '', , cert = '', , key = ''] = etcd.flags;
    const env = { ETCDCTL_ENDPOINTS: endpoints, ETCDCTL_CACERT: cacert, ETCDCTL_CERT: cert, ETCDCTL_KEY: key };
    const { code, text } = await podprobe(['etcd', 'keys', '/registry/minions'], { env });
    assert.equal([code, text], [0, '/registry/minions/node-1\n']);
  },
  { skip },
);

test(
  'shows a tree',
  async () => {
    const { text } = await keys('/registry/s', '--tree');
    const lines = [
      '/registry/',
      '  secrets/',
      '    test-2/',
      '      other',
      '    test/',
      '      mysecret',
      '  services/',
      '    specs/',
      '      default/',
      '        kubernetes',
    ];
    assert.is(text, `${lines.join('\n')}\n`);
  },
  { skip },
);

test(
  'counts by resources, as kubectl names them',
  async () => {
    const { stdout } = await keys('', '--count', '--json');
    type Count = {
      keys: number;
      complete: boolean;
      resources: { resource: string; directory: string; keys: number }[];
    };
    const document = assertKeeps<Count>('etcd-key-count', JSON.parse(stdout) as object);
    assert.equal([document.keys, document.complete], [6, true]);
    assert.equal(
      document.resources.map((one) => `${one.resource} ${one.directory} ${one.keys}`),
      [
        'apiservices.apiregistration.k8s.io /registry/apiregistration.k8s.io/apiservices/ 1',
        'nodes /registry/minions/ 1',
        'secrets /registry/secrets/ 2',
        'services /registry/services/specs/ 1',
        'compact_rev_key compact_rev_key 1',
      ],
    );
    assert.match(
      (await keys('/registry/secrets', '--count')).text,
      /^2 {2}secrets {2}\/registry\/secrets\/\n2 keys\n$/,
    );
  },
  { skip },
);

test(
  'shows no control character of a key, and keeps its bytes',
  async () => {
    await using other = await Etcd.start();
    await other.put('/odd/\x1b[2J', VALUE);
    await other.put('/odd/\u202e', VALUE);
    const shown = await podprobe(['etcd', 'keys', ...other.flags]);
    assert.is(shown.text, '/odd/\\x1b[2J\n/odd/\\u{202e}\n');
    const tree = await podprobe(['etcd', 'keys', '--tree', ...other.flags]);
    assert.is(tree.text, '/odd/\n  \\x1b[2J\n  \\u{202e}\n');
    const { stdout } = await podprobe(['etcd', 'keys', '--json', ...other.flags]);
    assert.not.ok(stdout.includes('\x1b'));
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => assertKeeps<{ key: string }>('etcd-keys', JSON.parse(line) as object));
    assert.equal(
      lines.map(({ key }) => key),
      ['/odd/\x1b[2J', '/odd/\u202e'],
    );
  },
  { skip },
);

test(
  'reads a dump of etcdctl, without an etcd',
  async () => {
    const path = join(folder, 'kv.json');
    writeFileSync(path, await etcd.ctl(['get', '/', '--prefix', '-w', 'json']));
    const from = (...words: string[]) => podprobe(['etcd', 'keys', ...words, '--from', path]);
    assert.is((await from('/registry/secrets/')).text, `${KEYS[2]}\n${KEYS[3]}\n`);
    assert.is((await from('--json')).stdout, (await keys('--json')).stdout);
    writeFileSync(path, `{"header":{},"kvs":[{"key":"${VALUE}`);
    const { code, text } = await from();
    assert.is(code, 5);
    assert.match(text, /^podprobe: '.*kv\.json' is no JSON/);
    assert.not.match(text, 'S3CR3T');
  },
  { skip },
);

test(
  'exits 3 where no etcd answers, 4 where it refuses, 2 where it is not told enough',
  async () => {
    const dead = await podprobe(['etcd', 'keys', '--endpoints', '127.0.0.1:1']);
    assert.equal([dead.code, dead.stdout], [3, '']);
    assert.match(dead.stderr, /^podprobe: etcd at '127\.0\.0\.1:1': nothing listens there/);
    const [, endpoint = '', , ca = ''] = etcd.flags;
    const bare = await podprobe(['etcd', 'keys', '--endpoints', endpoint, '--cacert', ca]);
    assert.equal([bare.code, bare.stdout], [4, '']);
    assert.match(bare.stderr, /wants a client certificate/);
    for (const words of [
      ['--cert', ca],
      ['--cacert', '/nowhere'],
      ['--user', 'root'],
      ['--tree', '--json'],
      ['--timeout', 'x'],
    ]) {
      const { code, stdout } = await podprobe(['etcd', 'keys', '--endpoints', endpoint, ...words]);
      assert.equal([code, stdout], [2, ''], words.join(' '));
    }
  },
  { skip },
);

test(
  'says nothing of a password that an endpoint or a user holds',
  async () => {
    const words = [
      ['--endpoints', 'https://root:S3CR3T@127.0.0.1:1'],
      ['--endpoints', '127.0.0.1:1', '--user', 'root:S3CR3T'],
    ];
    for (const line of words) assert.not.match((await podprobe(['etcd', 'keys', ...line])).text, 'S3CR3T');
  },
  { skip },
);

test.run();
