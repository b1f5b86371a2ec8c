import { once } from 'node:events';
import { createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { openEtcd } from '../../lib/etcd/client.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: endpoints that fail');
const skip = etcdMissing();
const DEAD = 'http://127.0.0.1:1';

test(
  'asks the next endpoint where one does not answer',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd({ endpoints: [DEAD, etcd.endpoint] });
    await etcd.put('/a', 'x');
    assert.is(String((await client.get('/a'))?.value), 'x');
    assert.is((await client.status()).endpoint, etcd.endpoint);
    await rejects(client.status(DEAD), { code: 'ERR_ETCD_UNREACHABLE' });
  },
  { skip },
);

test('names every endpoint that was tried, and why it failed', async () => {
  const endpoints = [DEAD, 'unix:///nowhere/socket', 'http://127.0.0.1:1/'];
  const error = await rejects(openEtcd({ endpoints }), { name: 'EtcdError', code: 'ERR_ETCD_UNREACHABLE' });
  assert.match(error.message, /'http:\/\/127\.0\.0\.1:1': nothing listens there \(ECONNREFUSED\)/);
  assert.match(error.message, /'unix:\/\/\/nowhere\/socket': there is no such socket \(ENOENT\)/);
});

test(
  'goes on with a new connection after etcd was started again',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd(etcd.connection);
    await etcd.put('/a', 'x');
    assert.is(await client.count('/'), 1);
    await etcd.stop();
    await rejects(client.count('/'), { code: 'ERR_ETCD_UNREACHABLE', message: /ECONNREFUSED/ });
    await etcd.resume();
    assert.is(await client.count('/'), 1);
  },
  { skip },
);

test(
  'says that a part is a part when etcd ends in the middle',
  async () => {
    await using etcd = await Etcd.start();
    for (const key of ['/1', '/2', '/3', '/4']) await etcd.put(key, 'x');
    await using client = await openEtcd(etcd.connection);
    let told = 0;
    const reading = (async () => {
      for await (const _ of client.range('/', { pageSize: 1 })) if (++told === 1) await etcd.stop();
    })();
    await rejects(reading, {
      code: 'ERR_ETCD_LOST',
      message: /^incomplete, only the first [12] records could be read: /,
    });
    assert.ok(told < 4);
  },
  { skip },
);

test(
  'does not wait for an etcd that gives no answer',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd(etcd.connection, { timeout: 300 });
    etcd.kill('SIGSTOP');
    await rejects(client.get('/a'), { code: 'ERR_ETCD_TIMEOUT' });
  },
  { skip },
);

test('does not wait for a server that never speaks', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  try {
    for (const scheme of ['http', 'https']) {
      const opening = openEtcd({ endpoints: [`${scheme}://127.0.0.1:${port}`] }, { timeout: 300 });
      await rejects(opening, { code: 'ERR_ETCD_TIMEOUT' });
    }
  } finally {
    server.close();
  }
});

test('says that what answers is no etcd', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  try {
    await rejects(openEtcd({ endpoints: [`127.0.0.1:${port}`] }), { code: 'ERR_ETCD_UNREACHABLE', message: /HTTP\/2/ });
  } finally {
    server.close();
  }
});

test.run();
