import * as assert from 'uvu/assert';
import { openEtcd } from '../../lib/etcd/client.ts';
import { Authority } from '../helpers/certificates.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: certificates');
const skip = etcdMissing();

let etcd: Etcd;
test.before(async () => {
  etcd = await Etcd.start({ tls: true, names: 'IP:127.0.0.1,DNS:etcd.local' });
});
test.after(() => etcd[Symbol.asyncDispose]());

test(
  'reads with a client certificate, also by another name of the server',
  async () => {
    await etcd.put('/a', 'x');
    for (const more of [{}, { serverName: 'etcd.local' }]) {
      await using client = await openEtcd({ ...etcd.connection, ...more });
      assert.is(await client.count('/'), 1);
    }
  },
  { skip },
);

test(
  'says that a client certificate is wanted, or which one is refused',
  async () => {
    const { ca = '', endpoints } = etcd.connection;
    await rejects(openEtcd({ endpoints, ca }), {
      code: 'ERR_ETCD_REFUSED',
      message: /wants a client certificate, and none was given/,
    });
    const stranger = new Authority(etcd.folder, 'stranger').issue('mallory', { purpose: 'clientAuth' });
    await rejects(openEtcd({ endpoints, ca, cert: stranger.cert, key: stranger.key }), {
      code: 'ERR_ETCD_REFUSED',
      message: /refuses the client certificate \(CN=mallory, signed by CN=stranger\), which is valid until/,
    });
    const expired = etcd.authority?.issue('late', { purpose: 'clientAuth', days: -1 });
    await rejects(openEtcd({ endpoints, ca, cert: expired?.cert ?? '', key: expired?.key ?? '' }), {
      code: 'ERR_ETCD_REFUSED',
      message: /\(CN=late, .*\), which has expired: it was valid until/,
    });
  },
  { skip },
);

test(
  'does not take a server certificate of another CA, unless it is told to',
  async () => {
    const ca = new Authority(etcd.folder, 'other').pem;
    await rejects(openEtcd({ ...etcd.connection, ca }), {
      code: 'ERR_ETCD_CERTIFICATE',
      message: /signed by another authority than the CA that was given/,
    });
    await using client = await openEtcd({ ...etcd.connection, ca, skipVerify: true });
    assert.ok(await client.status());
  },
  { skip },
);

test(
  'says which names a certificate has where it is for another host',
  async () => {
    const endpoints = [`https://localhost:${etcd.port}`];
    await rejects(openEtcd({ ...etcd.connection, endpoints }), {
      code: 'ERR_ETCD_CERTIFICATE',
      message:
        /not for 'localhost': it is for IP Address:127\.0\.0\.1, DNS:etcd\.local; name the endpoint by one of them/,
    });
  },
  { skip },
);

test(
  'says that it is TLS, or that it is none',
  async () => {
    const endpoints = [etcd.endpoint.replace('https', 'http')];
    await rejects(openEtcd({ endpoints }), { code: 'ERR_ETCD_UNREACHABLE', message: /is it https/ });
    await using plain = await Etcd.start();
    await rejects(openEtcd({ endpoints: [plain.endpoint.replace('http', 'https')] }), {
      code: 'ERR_ETCD_UNREACHABLE',
      message: /does not speak TLS/,
    });
  },
  { skip },
);

test(
  'says which file cannot be used, and nothing of what is in it',
  async () => {
    const other = etcd.authority?.issue('second', { purpose: 'clientAuth' });
    const secret = 'BEGIN S3CR3T';
    for (const [option, part] of [
      ['ca', { ca: secret }],
      ['cert', { cert: secret }],
      ['key', { key: secret }],
      ['key', { key: other?.key ?? '' }],
    ] as const) {
      const error = await rejects(openEtcd({ ...etcd.connection, ...part }), { code: 'ERR_INVALID_ARG_VALUE', option });
      assert.not.match(error.message, /S3CR3T|BEGIN/);
    }
  },
  { skip },
);

test(
  'does not take a server certificate that has expired',
  async () => {
    await etcd.stop();
    etcd.useServer(etcd.authority?.issue('old', { purpose: 'serverAuth', days: -1 }));
    await etcd.resume();
    await rejects(openEtcd(etcd.connection), { code: 'ERR_ETCD_CERTIFICATE', message: /has expired/ });
  },
  { skip },
);

test.run();
