import * as assert from 'uvu/assert';
import { decodeRecord } from '../../lib/etcd/decode.ts';
import { readEncryptionConfiguration } from '../../lib/etcd/encryption/configuration.ts';
import { takeCensus } from '../../lib/etcd/census.ts';
import {
  configurationText,
  encrypt,
  encryptKmsV1,
  encryptKmsV2,
  keyed,
  managed,
  message,
  metadata,
  protobuf,
  secretValue,
} from '../helpers/stored.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: changed records');
const ROUNDS = 1500;
const PATH = '/registry/secrets/test/mysecret';
const key = Buffer.alloc(32, 'k');
const plain = secretValue({ data: { foo: 'bar' }, managed: [managed('me', ['foo'])], annotations: { a: 'b' } });

/** The same numbers in every run (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Changes, cuts, repeats or drops some bytes. */
function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  let changed = Buffer.from(bytes);
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(changed.length + 1);
    const to = at + random(9);
    const way = random(5);
    if (way === 0 && at < changed.length) changed[at] = random(256);
    else if (way === 1 && at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
    else if (way === 2) changed = Buffer.concat([changed.subarray(0, to), changed.subarray(at)]);
    else if (way === 3) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(to)]);
    else changed = changed.subarray(0, at);
  }
  return changed;
}

const pod = protobuf(
  'v1',
  'Pod',
  message([1, metadata('a', 'b')], [2, message([2, message([1, 'c'], [7, message([1, 'X'])])])]),
);
const values: Record<string, Buffer> = {
  protobuf: plain,
  pod,
  json: Buffer.from(
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","managedFields":[{"fieldsV1":{}}]},"spec":{"containers":[{"name":"a","env":[{"name":"b"}]}],"volumes":[{"secret":{"items":[]}}]}}',
  ),
  yaml: Buffer.from('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {foo: YmFy}\n'),
  aescbc: encrypt.aescbc(plain, key, PATH),
  aesgcm: encrypt.aesgcm(plain, key, PATH),
  secretbox: encrypt.secretbox(plain, key, PATH),
  'kms v1': encryptKmsV1(plain, key, PATH),
  'kms v2': encryptKmsV2(plain, key, PATH, true),
};

for (const [what, value] of Object.entries(values)) {
  test(`${what}: whatever is changed, there is an object or a problem`, async () => {
    const random = numbers(0x9e3779b9);
    const providers = ['aescbc', 'aesgcm', 'secretbox'].map((provider) => keyed(provider, { key1: key }));
    const configuration = await readEncryptionConfiguration(Buffer.from(configurationText(...providers)));
    for (let round = 0; round < ROUNDS; round++) {
      const changed = mutate(value, random);
      const record = {
        key: Buffer.from(PATH),
        value: changed,
        createRevision: 1n,
        modRevision: 1n,
        version: 1n,
        lease: 0n,
      };
      const { object, problem } = await decodeRecord(record, { configuration, kmsDek: key });
      assert.ok((object === null) !== (problem === null), changed.toString('base64'));
      if (problem !== null) assert.is(problem.name, 'RecordError', changed.toString('base64'));
    }
  });
}

test('a census of them counts each', async () => {
  const random = numbers(7);
  const all = Object.values(values);
  const records = Array.from({ length: ROUNDS }, (_, i) => ({
    key: mutate(Buffer.from(PATH), random),
    value: mutate(all[i % all.length] as Buffer, random),
  }));
  const { records: sum, resources } = await takeCensus(records, null);
  assert.is(sum, ROUNDS);
  assert.is(
    resources.reduce((n, resource) => n + resource.records, 0),
    ROUNDS,
  );
});

test.run();
