import * as assert from 'uvu/assert';
import { type EtcdClient, openEtcd } from '../../lib/etcd/client.ts';
import { readRecordHistory, type RecordHistory, type RecordVersion, watchRecord } from '../../lib/etcd/history.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { rejects } from '../helpers/rejects.ts';
import { managed, secretValue } from '../helpers/stored.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: history');
const skip = etcdMissing();
let etcd: Etcd;
let client: EtcdClient;

test.before(async () => {
  etcd = await Etcd.start();
  client = await openEtcd(etcd.connection);
});
test.after(async () => {
  await client[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

function keyOf(name: string): string {
  return `/registry/secrets/test/${name}`;
}

/** Writes a Secret; `data` of `foo` by `manager`. */
async function write(name: string, data: Record<string, string>, manager = 'kubectl'): Promise<void> {
  await etcd.put(keyOf(name), secretValue({ name, data, managed: [managed(manager, Object.keys(data))] }));
}

function told({ event, changes }: RecordVersion): string {
  const shown = changes?.map(({ key, change, by }) => `${change} ${key} ${by?.manager ?? '-'}`).join(', ') ?? 'unknown';
  return `${event}: ${shown}`;
}

async function history(name: string): Promise<RecordHistory> {
  return readRecordHistory(client, keyOf(name), { settle: 300 });
}

async function revision(): Promise<bigint> {
  return (await client.status()).revision;
}

test(
  'tells every version, what changed in it, and who did it',
  async () => {
    await write('one', { foo: 'bar', caz: 'baz' });
    await write('one', { foo: 'new', caz: 'baz' }, 'rotator');
    await write('one', { foo: 'new' });
    await write('one', { foo: 'new' });
    const { versions, truncated } = await history('one');
    assert.equal(versions.map(told), [
      'created: added foo kubectl, added caz kubectl',
      'updated: changed foo rotator',
      'updated: removed caz -',
      'updated: ',
    ]);
    assert.equal(
      versions[1]?.changes?.map(({ before, after }) => [`${before}`, `${after}`]),
      [['bar', 'new']],
    );
    assert.is(truncated, false);
  },
  { skip },
);

test(
  'tells that a record was deleted and made anew',
  async () => {
    await write('two', { foo: 'bar' });
    await etcd.ctl(['del', keyOf('two')]);
    await write('two', { foo: 'bar' });
    const { versions } = await history('two');
    assert.equal(versions.map(told), [
      'created: added foo kubectl',
      'deleted: unknown',
      'recreated: added foo kubectl',
    ]);
  },
  { skip },
);

test(
  'tells of a record that is deleted now',
  async () => {
    await write('gone', { foo: 'bar' });
    await etcd.ctl(['del', keyOf('gone')]);
    assert.equal((await history('gone')).versions.map(told), ['created: added foo kubectl', 'deleted: unknown']);
  },
  { skip },
);

test(
  'of a record that never was there is nothing',
  async () => {
    assert.equal((await history('never')).versions, []);
  },
  { skip },
);

test(
  'a version that cannot be read is one with a problem, and the next change is unknown',
  async () => {
    await write('odd', { foo: 'bar' });
    await etcd.put(keyOf('odd'), 'garbage');
    await write('odd', { foo: 'new' });
    const { versions } = await history('odd');
    assert.equal(versions.map(told), ['created: added foo kubectl', 'updated: unknown', 'updated: unknown']);
    assert.is(versions[1]?.record?.problem?.code, 'ERR_RECORD_UNSUPPORTED');
  },
  { skip },
);

test(
  'says where compaction has cut it off, and keeps the version that was there then',
  async () => {
    await write('cut', { foo: '1' });
    await write('cut', { foo: '2' });
    await write('cut', { foo: '3' });
    const compacted = await revision();
    await write('cut', { foo: '4' }, 'rotator');
    await etcd.ctl(['compact', `${compacted}`]);
    const { versions, compactRevision } = await history('cut');
    assert.is(compactRevision, compacted);
    assert.equal(versions.map(told), ['retained: unknown', 'updated: changed foo rotator']);
  },
  { skip },
);

test(
  'a record that was last changed before the compaction has one version',
  async () => {
    await write('old', { foo: '1' });
    await write('old', { foo: '2' });
    await write('other', { foo: '1' });
    await etcd.ctl(['compact', `${await revision()}`]);
    assert.equal((await history('old')).versions.map(told), ['retained: unknown']);
  },
  { skip },
);

test('keeps the newest thousand versions', async () => {
  const record = {
    key: Buffer.from(keyOf('busy')),
    value: secretValue({ name: 'busy' }),
    createRevision: 1n,
    lease: 0n,
  };
  const newest = { ...record, modRevision: 1500n, version: 1500n };
  const busy = {
    get: async (_key: string, { revision: at }: { revision?: bigint } = {}) => (at === undefined ? newest : null),
    watch: async function* () {
      for (let at = 1n; at <= 1500n; at++)
        yield { type: 'put', record: { ...record, modRevision: at, version: at }, previous: null };
    },
  } as unknown as EtcdClient;
  const { versions, truncated } = await readRecordHistory(busy, keyOf('busy'));
  assert.is(versions.length, 1000);
  assert.is(versions[0]?.revision, 501n);
  assert.is(truncated, true);
});

test(
  'a watch goes on where the history ended',
  async () => {
    await write('live', { foo: 'bar' });
    const before = await history('live');
    const seen: string[] = [];
    const next = ['new', null, 'again'];
    await write('live', { foo: 'missed' }, 'meanwhile');
    for await (const version of watchRecord(client, keyOf('live'), before)) {
      seen.push(`${told(version)} ${version.changes?.[0]?.before ?? '-'}`);
      const value = next.shift();
      if (value === undefined) break;
      if (value === null) await etcd.ctl(['del', keyOf('live')]);
      else await write('live', { foo: value }, 'rotator');
    }
    assert.equal(seen, [
      'updated: changed foo meanwhile bar',
      'updated: changed foo rotator missed',
      'deleted: unknown -',
      'recreated: added foo rotator -',
    ]);
  },
  { skip },
);

test(
  'a watch ends with its signal',
  async () => {
    const stop = new AbortController();
    const watch = watchRecord(client, keyOf('one'), await history('one'), { signal: stop.signal });
    const first = watch.next();
    stop.abort();
    await rejects(first, { name: 'AbortError' });
  },
  { skip },
);

test.run();
