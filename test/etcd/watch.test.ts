import * as assert from 'uvu/assert';
import { type EtcdEvent, openEtcd } from '../../lib/etcd/client.ts';
import type { EtcdError } from '../../lib/etcd/etcd-error.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: watch');
const skip = etcdMissing();

async function next(events: AsyncGenerator<EtcdEvent, void>): Promise<string> {
  const { value } = await events.next();
  if (value === undefined) return 'end';
  const { type, record, previous } = value;
  const before = previous === null ? '' : ` was ${Buffer.from(previous.value)}`;
  return `${type} ${Buffer.from(record.key)}@${record.modRevision}=${Buffer.from(record.value)}${before}`;
}

test(
  'tells what was, from a revision on, and what comes, with what was before',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd(etcd.connection);
    await etcd.put('/a', '1');
    await etcd.put('/b', 'other');
    await etcd.put('/a', '2');
    const events = client.watch('/a', { startRevision: 2n, previous: true });
    assert.is(await next(events), 'put /a@2=1');
    assert.is(await next(events), 'put /a@4=2 was 1');
    const coming = next(events);
    await etcd.ctl(['del', '/a']);
    assert.is(await coming, 'delete /a@5= was 2');
    await events.return();
  },
  { skip },
);

test(
  'goes on where it was after etcd was away, and tells no event twice',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd(etcd.connection);
    await etcd.put('/a', '1');
    const events = client.watch('/', { prefix: true, startRevision: 1n });
    assert.is(await next(events), 'put /a@2=1');
    const coming = next(events);
    await etcd.stop();
    await etcd.resume();
    await etcd.put('/b', '2');
    assert.is(await coming, 'put /b@3=2');
    await events.return();
  },
  { skip },
);

test(
  'fails when etcd does not come back',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd(etcd.connection, { timeout: 500 });
    await etcd.put('/a', '1');
    const events = client.watch('/a', { startRevision: 1n });
    await next(events);
    const coming = next(events);
    await etcd.stop();
    await rejects(coming, { code: 'ERR_ETCD_UNREACHABLE' });
  },
  { skip },
);

test(
  'says what is gone where it is to begin before a compaction',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd(etcd.connection);
    for (const value of ['1', '2', '3']) await etcd.put('/a', value);
    await etcd.ctl(['compact', '3']);
    const error = await rejects(client.watch('/a', { startRevision: 2n }).next(), { code: 'ERR_ETCD_COMPACTED' });
    assert.is((error as EtcdError).compactRevision, 3n);
  },
  { skip },
);

test(
  'ends with its signal',
  async () => {
    await using etcd = await Etcd.start();
    await using client = await openEtcd(etcd.connection);
    const abort = new AbortController();
    const events = client.watch('/a', { signal: abort.signal, startRevision: 1n });
    await etcd.put('/a', '1');
    await next(events);
    const coming = next(events);
    abort.abort();
    await rejects(coming, { name: 'AbortError' });
  },
  { skip },
);

test.run();
