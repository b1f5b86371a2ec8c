import * as assert from 'uvu/assert';
import { openEtcd } from '../../lib/etcd/client.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: users');
const skip = etcdMissing();
const PASSWORD = 'S3CR3T-of-root';

async function startWithUsers(): Promise<Etcd> {
  const etcd = await Etcd.start();
  await etcd.put('/open/a', 'x');
  await etcd.put('/closed/a', 'x');
  await etcd.ctl(['user', 'add', `root:${PASSWORD}`]);
  await etcd.ctl(['user', 'add', 'reader:S3CR3T']);
  await etcd.ctl(['role', 'add', 'some']);
  await etcd.ctl(['role', 'grant-permission', 'some', 'read', '/open/', '--prefix']);
  await etcd.ctl(['user', 'grant-role', 'reader', 'some']);
  await etcd.ctl(['auth', 'enable']);
  return etcd;
}

test(
  'reads what a user may, and says what not',
  async () => {
    await using etcd = await startWithUsers();
    const user = { name: 'reader', password: 'S3CR3T' };
    await using client = await openEtcd({ ...etcd.connection, user });
    assert.is(await client.count('/open/'), 1);
    await rejects(client.count('/closed/'), { code: 'ERR_ETCD_DENIED', message: /permission denied/ });
    await rejects(client.watch('/closed/a').next(), { code: 'ERR_ETCD_DENIED' });
    const wrong = openEtcd({ ...etcd.connection, user: { name: 'root', password: 'S3CR3T-wrong' } });
    const error = await rejects(wrong, { code: 'ERR_ETCD_DENIED', message: /authentication failed/ });
    assert.not.match(`${error.message}${error.stack}`, /S3CR3T/);
    await using nobody = await openEtcd(etcd.connection);
    await rejects(nobody.count('/open/'), { code: 'ERR_ETCD_DENIED' });
  },
  { skip },
);

test(
  'asks for another token when etcd has forgotten the one that it gave',
  async () => {
    await using etcd = await startWithUsers();
    await using client = await openEtcd({ ...etcd.connection, user: { name: 'root', password: PASSWORD } });
    assert.is(await client.count('/'), 2);
    await etcd.stop();
    await etcd.resume();
    assert.is(await client.count('/'), 2);
  },
  { skip },
);

test(
  'takes a user where etcd has none',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd({ ...etcd.connection, user: { name: 'root', password: PASSWORD } });
    assert.is(await client.count('/'), 0);
  },
  { skip },
);

test.run();
