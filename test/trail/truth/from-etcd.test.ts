import * as assert from 'uvu/assert';
import { type EtcdClient, openEtcd } from '../../../lib/etcd/client.ts';
import { readEncryptionConfiguration } from '../../../lib/etcd/encryption/configuration.ts';
import { LAST_APPLIED } from '../../../lib/etcd/last-applied.ts';
import type { KnownSecret } from '../../../lib/trail/known-secret.ts';
import { readSecretFromEtcd } from '../../../lib/trail/truth/from-etcd.ts';
import { captured, capturedRecord } from '../../helpers/captured.ts';
import { Etcd, etcdMissing } from '../../helpers/etcd.ts';
import { findingCodes, isWiped, versionLines } from '../../helpers/known.ts';
import { rejects } from '../../helpers/rejects.ts';
import { managed, secretValue } from '../../helpers/stored.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: the truth of etcd');
const skip = etcdMissing();
const SECOND = 1_795_568_000;
let etcd: Etcd;
let client: EtcdClient;

test.before.each(async () => {
  etcd = await Etcd.start();
  client = await openEtcd(etcd.connection);
});
test.after.each(async () => {
  await client[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const KEY = '/registry/secrets/test/mysecret';

type Written = { manager?: string; seconds?: number; annotations?: Record<string, string>; key?: string };

/** Writes all keys of a Secret by one manager. */
async function write(
  data: Record<string, string>,
  { manager = 'kubectl', seconds = SECOND, ...rest }: Written = {},
): Promise<void> {
  const { key = KEY, annotations = {} } = rest;
  await etcd.put(key, secretValue({ data, annotations, managed: [managed(manager, Object.keys(data), seconds)] }));
}

function read(options = {}): Promise<KnownSecret> {
  return readSecretFromEtcd(client, { namespace: 'test', name: 'mysecret' }, { settle: 300, ...options });
}

async function compact(): Promise<void> {
  await etcd.ctl(['compact', `${(await client.status()).revision}`]);
}

test(
  'is every version that etcd has kept, oldest first, with its writer; the last is current',
  async () => {
    await write({ foo: 'bar' });
    await write({ foo: 'new' }, { manager: 'rotator', seconds: SECOND + 60 });
    const known = await read();
    assert.equal(versionLines(known), ['etcd 2 foo=bar kubectl', 'etcd 3 foo=new rotator current']);
    assert.equal(
      known.versions.map(({ since }) => since?.getTime()),
      [SECOND * 1000, (SECOND + 60) * 1000],
    );
    assert.equal([known.uid, known.complete], ['00000000-0000-4000-8000-000000000001', true]);
  },
  { skip },
);

test(
  'tells of each key when it was last written, not when its writer last wrote another',
  async () => {
    await write({ foo: 'bar', caz: 'baz' });
    await write({ foo: 'new', caz: 'baz' }, { seconds: SECOND + 60 });
    await write({ foo: 'new', caz: 'baz' }, { seconds: SECOND + 90 });
    const { keyTimes } = await read();
    assert.equal(
      [...keyTimes].map(([key, time]) => [key, time.getTime() / 1000 - SECOND]),
      [
        ['foo', 60],
        ['caz', 0],
      ],
    );
  },
  { skip },
);

test(
  'is not complete where etcd was compacted, though its first version is the first of its uid',
  async () => {
    await write({ foo: 'older' });
    await etcd.ctl(['del', KEY]);
    await compact();
    await write({ foo: 'bar' });
    const known = await read();
    assert.equal([versionLines(known), known.complete], [['etcd 4 foo=bar kubectl current'], false]);
  },
  { skip },
);

test(
  'a Secret that was deleted has no current version',
  async () => {
    await write({ foo: 'bar' });
    await etcd.ctl(['del', KEY]);
    const known = await read();
    assert.equal([versionLines(known), findingCodes(known)], [['etcd 2 foo=bar kubectl'], ['deleted-secret']]);
  },
  { skip },
);

test(
  'a Secret that was made anew has the versions of the one before it',
  async () => {
    await write({ foo: 'bar' });
    await etcd.ctl(['del', KEY]);
    await write({ foo: 'new' });
    const known = await read();
    assert.equal(versionLines(known), ['etcd 2 foo=bar kubectl', 'etcd 4 foo=new kubectl current']);
    assert.equal([findingCodes(known), known.complete], [[], true]);
  },
  { skip },
);

test(
  'an older version that cannot be read is a finding, and the others are not complete',
  async () => {
    await write({ foo: 'bar' });
    await etcd.put(KEY, 'garbage-s3cret');
    await write({ foo: 'new' });
    const known = await read();
    assert.equal([findingCodes(known), known.complete], [['unreadable-version'], false]);
    assert.is(known.versions.length, 2);
    assert.not.match(known.findings[0]?.message ?? '', 's3cret');
  },
  { skip },
);

test(
  'is none where the newest version cannot be read: an older one may be current again',
  async () => {
    await write({ foo: 'bar' });
    await etcd.put(KEY, 'garbage');
    await rejects(read(), {
      code: 'ERR_RECORD_UNSUPPORTED',
      message: /'\/registry\/secrets\/test\/mysecret', revision 3:/,
    });
  },
  { skip },
);

test(
  'has what kubectl apply wrote and etcd has not kept, as an older version',
  async () => {
    const applied = { data: { foo: Buffer.from('bar').toString('base64') }, stringData: { caz: 'old' } };
    const annotations = { [LAST_APPLIED]: JSON.stringify(applied) };
    await write({ foo: 'bar', caz: 'old' }, { annotations });
    await write({ foo: 'new', caz: 'old' }, { annotations, manager: 'rotator' });
    assert.is((await read()).versions.length, 2);
    await compact();
    assert.equal(versionLines(await read()), ['etcd - foo=bar caz=old -', 'etcd 3 foo=new caz=old rotator current']);
  },
  { skip },
);

test(
  'names what there is instead of a Secret that never was',
  async () => {
    await write({ foo: 'bar' });
    const missing = readSecretFromEtcd(client, { namespace: 'test', name: 'other' }, { settle: 100 });
    const error = await rejects(missing, { code: 'ERR_TARGET_UNKNOWN', message: /no Secret test\/other in etcd/ });
    assert.equal(Reflect.get(error, 'candidates'), ['test/mysecret']);
  },
  { skip },
);

test(
  'is read under another prefix',
  async () => {
    await write({ foo: 'bar' }, { key: '/kubernetes.io/secrets/test/mysecret' });
    assert.equal(versionLines(await read({ prefix: 'kubernetes.io' })), ['etcd 2 foo=bar kubectl current']);
  },
  { skip },
);

test(
  'what a real kube-apiserver wrote is decrypted, and overwritten when it is disposed of',
  async () => {
    await etcd.put(KEY, capturedRecord(KEY).value);
    const configuration = await readEncryptionConfiguration(Buffer.from(captured.configuration));
    const known = await read({ configuration });
    assert.match(versionLines(known).at(-1) ?? '', / current$/);
    assert.is(known.keyTimes.size, known.versions.at(-1)?.data.size);
    assert.not(isWiped(known));
    known[Symbol.dispose]();
    assert.ok(isWiped(known));
  },
  { skip },
);

test.run();
