import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import { type EtcdClient, openEtcd } from '../../lib/etcd/client.ts';
import type { EtcdError } from '../../lib/etcd/etcd-error.ts';
import type { EtcdRecord } from '../../lib/etcd/record.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: reading');
const skip = etcdMissing();

async function all(records: AsyncIterable<EtcdRecord>): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, value } of records) found.push(`${Buffer.from(key)}=${Buffer.from(value)}`);
  return found;
}

async function withEtcd(body: (etcd: Etcd, client: EtcdClient) => Promise<void>): Promise<void> {
  await using etcd = await Etcd.start({ socket: true });
  await using client = await openEtcd(etcd.connection);
  await body(etcd, client);
}

test(
  'gives a record with its revisions, and what it was in an older one',
  () =>
    withEtcd(async (etcd, client) => {
      await etcd.put('/a', 'one');
      await etcd.put('/a', Buffer.from([0, 255, 10]));
      const record = await client.get('/a');
      assert.equal([...(record?.value ?? [])], [0, 255, 10]);
      assert.equal([record?.createRevision, record?.modRevision, record?.version, record?.lease], [2n, 3n, 2n, 0n]);
      const old = await client.get(Buffer.from('/a'), { revision: 2n });
      assert.is(String(Buffer.from(old?.value ?? [])), 'one');
      assert.is(await client.get('/'), null);
      await rejects(client.get('/a', { revision: 99n }), { name: 'EtcdError', code: 'ERR_ETCD_ANSWER' });
      await rejects(client.get(''), { code: 'ERR_INVALID_ARG_VALUE', option: 'key' });
    }),
  { skip },
);

test(
  'gives the id of a lease of 63 bits as it is',
  () =>
    withEtcd(async (etcd, client) => {
      const [, lease = ''] = /lease (\w+)/.exec(await etcd.ctl(['lease', 'grant', '600'])) ?? [];
      await etcd.ctl(['put', `--lease=${lease}`, '/leased', 'x']);
      assert.is((await client.get('/leased'))?.lease, BigInt(`0x${lease}`));
      assert.ok(BigInt(`0x${lease}`) > 2n ** 53n, 'it would fit into a number');
    }),
  { skip },
);

test(
  'gives all keys with a prefix in pages of one revision, whatever changes meanwhile',
  () =>
    withEtcd(async (etcd, client) => {
      for (const key of ['/a/1', '/a/2', '/a/3', '/a/4', '/a0', '/b']) await etcd.put(key, key);
      const found: string[] = [];
      for await (const { key } of client.range('/a/', { pageSize: 1 })) {
        if (found.push(String(key)) === 1) await etcd.ctl(['del', '/a/', '--prefix']);
      }
      assert.equal(found, ['/a/1', '/a/2', '/a/3', '/a/4']);
      assert.equal(await all(client.range('/a/')), []);
      assert.equal(await all(client.range('', { keysOnly: true })), ['/a0=', '/b=']);
      assert.equal(
        [await client.count('/a/'), await client.count('/a/', { revision: 7n }), await client.count('')],
        [0, 4, 2],
      );
    }),
  { skip },
);

test(
  'says what is left where a revision has been compacted',
  () =>
    withEtcd(async (etcd, client) => {
      for (const value of ['1', '2', '3']) await etcd.put('/a', value);
      await etcd.ctl(['compact', '4']);
      for (const read of [() => client.get('/a', { revision: 2n }), () => all(client.range('/', { revision: 2n }))]) {
        const error = await rejects(read(), {
          code: 'ERR_ETCD_COMPACTED',
          message: /revision 2 .* of revision 4 and/,
        });
        assert.is((error as EtcdError).compactRevision, 4n);
      }
    }),
  { skip },
);

test(
  'tells its status, its members and all its bytes',
  () =>
    withEtcd(async (etcd, client) => {
      const status = await client.status();
      assert.match(status.version, /^3\./);
      assert.equal([status.endpoint, status.leader, status.isLearner], [etcd.endpoint, status.memberId, false]);
      assert.ok(status.dbSize >= status.dbSizeInUse && status.dbSizeInUse > 0n);
      const [member] = await client.members();
      assert.equal([member?.id, member?.name, member?.clientUrls], [status.memberId, 'only', [etcd.endpoint]]);
      const chunks: Uint8Array[] = [];
      for await (const chunk of client.snapshot()) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const digest = createHash('sha256').update(bytes.subarray(0, -32)).digest();
      assert.ok(digest.equals(bytes.subarray(-32)), 'its digest is another');
    }),
  { skip },
);

test(
  'speaks to a unix socket',
  () =>
    withEtcd(async (etcd) => {
      await etcd.put('/a', 'x');
      await using client = await openEtcd({ endpoints: [`unix://${etcd.socket}`] });
      assert.equal(await all(client.range('/')), ['/a=x']);
    }),
  { skip },
);

test(
  'ends what is under way when it is closed or aborted',
  () =>
    withEtcd(async (etcd, client) => {
      const abort = new AbortController();
      etcd.kill('SIGSTOP');
      const reading = client.get('/a', { signal: abort.signal });
      const other = client.count('/');
      other.catch(() => undefined);
      abort.abort();
      await rejects(reading, { name: 'AbortError' });
      await client.close();
      await rejects(other, { name: 'AbortError' });
      await rejects(client.get('/a'), { code: 'ERR_INVALID_ARG_VALUE', option: 'client' });
      await rejects(openEtcd(etcd.connection, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    }),
  { skip },
);

test.run();
