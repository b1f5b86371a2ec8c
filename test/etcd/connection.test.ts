import * as assert from 'uvu/assert';
import { parseEndpoint, parseEndpoints } from '../../lib/etcd/connection.ts';
import { keyAfter, prefixEnd } from '../../lib/etcd/prefix.ts';
import { readEtcdSettings, toEtcdConnection } from '../../lib/etcd/settings.ts';
import { throws } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: connection');

const endpoints: [text: string, secure: boolean, expected: string][] = [
  ['https://127.0.0.1:2379', false, 'tls 127.0.0.1 2379'],
  ['http://etcd-0.etcd/', true, 'plain etcd-0.etcd 2379'],
  ['127.0.0.1:12379', false, 'plain 127.0.0.1 12379'],
  ['127.0.0.1:12379', true, 'tls 127.0.0.1 12379'],
  ['https://[::1]:1', false, 'tls ::1 1'],
  ['unix:///run/kine.sock', true, 'plain  0 /run/kine.sock'],
  ['unixs:///var/kine.sock:12379', false, 'tls  0 /var/kine.sock:12379'],
];
for (const [text, secure, expected] of endpoints) {
  test(`takes ${text} apart, ${secure ? 'with' : 'without'} certificates`, () => {
    const { tls, host, port, path } = parseEndpoint(text, secure);
    assert.is([tls ? 'tls' : 'plain', host, port, path].join(' ').trimEnd(), expected);
  });
}

test('refuses what is no endpoint, and repeats no password of it', () => {
  for (const text of [
    '',
    'ftp://a',
    'https://root:S3CR3T@a:1',
    'a:0',
    'a:65536',
    'a b',
    'https://a/S3CR3T',
    'unix://',
    7,
  ]) {
    const error = throws(() => parseEndpoint(text, false), { code: 'ERR_INVALID_ARG_VALUE', option: 'endpoints' });
    assert.not.match(error.message, 'S3CR3T');
  }
  for (const list of [[], 'a:1', Array.from({ length: 65 }, (_, i) => `a:${i + 1}`)])
    throws(() => parseEndpoints({ endpoints: list as string[] }), { option: 'endpoints' });
});

test('takes options, then variables of etcdctl, then what etcdctl takes', () => {
  const env = { ETCDCTL_ENDPOINTS: 'a:1, b:2', ETCDCTL_CACERT: '/ca', ETCDCTL_CERT: '', ETCDCTL_USER: 'root' };
  const settings = readEtcdSettings(env, { cacert: '/other', user: undefined });
  assert.equal(settings, { endpoints: 'a:1, b:2', cacert: '/other', user: 'root' });
  const read = (path: string) => Buffer.from(`of ${path}`);
  assert.equal(toEtcdConnection({ ...settings, password: 'a:b' }, read), {
    endpoints: ['a:1', 'b:2'],
    ca: Buffer.from('of /other'),
    user: { name: 'root', password: 'a:b' },
  });
  assert.equal(toEtcdConnection({ user: 'me:a:b', insecureSkipTlsVerify: true }, read), {
    endpoints: ['127.0.0.1:2379'],
    skipVerify: true,
    user: { name: 'me', password: 'a:b' },
  });
  assert.equal(readEtcdSettings({ ETCDCTL_INSECURE_SKIP_TLS_VERIFY: 'true', ETCDCTL_KEY: '' }, {}), {
    insecureSkipTlsVerify: true,
  });
  assert.equal(readEtcdSettings({}, {}), {});
  throws(() => toEtcdConnection({ cert: '/c' }, read), { option: '--key' });
  throws(() => toEtcdConnection(settings, read), { option: '--user' });
});

test('ends a prefix as etcd does, and changes nothing of it', () => {
  const prefix = Buffer.from('/registry/');
  assert.is(String(Buffer.from(prefixEnd(prefix))), '/registry0');
  assert.is(String(prefix), '/registry/');
  assert.equal([...prefixEnd(Uint8Array.of(1, 0xff, 0xff))], [2]);
  assert.equal([...prefixEnd(Uint8Array.of(0xff))], [0]);
  assert.equal([...prefixEnd(new Uint8Array())], [0]);
  assert.equal([...keyAfter(Uint8Array.of(1))], [1, 0]);
});

test.run();
