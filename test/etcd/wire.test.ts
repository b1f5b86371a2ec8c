import { randomBytes } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import * as assert from 'uvu/assert';
import { Envelopes, envelop } from '../../lib/etcd/rpc/envelope.ts';
import { RangeResponseSchema } from '../../lib/etcd/rpc/etcd_pb.ts';
import { RangeAnswer } from '../../lib/etcd/rpc/range-answer.ts';
import { throws } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: what comes over the wire');

const numbers = [0n, 1n, 127n, 128n, 2n ** 49n - 1n, 2n ** 49n, 2n ** 62n + 3n, 2n ** 63n - 1n, -1n];
const kvs = numbers.map((number, i) => ({
  key: Buffer.from(`/k${i}`),
  value: randomBytes(i),
  createRevision: number,
  modRevision: number,
  version: number,
  lease: number,
}));
const message = create(RangeResponseSchema, {
  header: { clusterId: 2n ** 64n - 1n, memberId: 7n, revision: 2n ** 40n, raftTerm: 3n },
  kvs,
  more: true,
  count: 12n,
});
const bytes = toBinary(RangeResponseSchema, message);

test('a page is read as any reader of protobuf reads it', () => {
  const answer = new RangeAnswer(bytes);
  assert.equal([answer.revision, answer.more, answer.count, answer.length], [2n ** 40n, true, 12n, numbers.length]);
  assert.is(String(answer.lastKey), String(Uint8Array.from(Buffer.from('/k8'))));
  const read = [...answer.chunks()].flat().map((record) => ({
    ...record,
    key: Buffer.from(record.key),
    value: Buffer.from(record.value),
  }));
  assert.equal(read, kvs);
});

test('what is cut off anywhere is no answer, or a shorter one', () => {
  for (let length = 0; length < bytes.length; length++) {
    const part = bytes.subarray(0, length);
    let whole = true;
    try {
      fromBinary(RangeResponseSchema, part);
    } catch {
      whole = false;
    }
    const read = (): number => [...new RangeAnswer(part).chunks()].flat().length;
    if (whole) assert.ok(read() < numbers.length + 1);
    else throws(read, { name: 'EtcdError', code: 'ERR_ETCD_ANSWER' });
  }
});

test('random bytes are refused, or read within their bounds', () => {
  for (let round = 0; round < 20_000; round++) {
    const noise = Uint8Array.from(bytes);
    for (const at of randomBytes(1 + (round % 4))) noise[at % noise.length] = (at * 31 + round) & 0xff;
    const input = round % 2 === 0 ? noise : randomBytes(round % 64);
    try {
      for (const { key, value } of [...new RangeAnswer(input).chunks()].flat())
        assert.ok(key.length + value.length <= input.length);
    } catch (error) {
      assert.is((error as { code?: string }).code, 'ERR_ETCD_ANSWER', String(error));
    }
  }
});

test('messages are put together from parts of any size', () => {
  const messages = [Buffer.alloc(0), randomBytes(1), randomBytes(300), Buffer.alloc(0)];
  const stream = Buffer.concat(messages.map(envelop));
  for (let size = 1; size < 20; size++) {
    const envelopes = new Envelopes();
    const found: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) found.push(...envelopes.push(stream.subarray(at, at + size)));
    assert.equal(found, messages, `in parts of ${size} bytes`);
    assert.is(envelopes.unfinished, false);
  }
});

test('what is compressed or too long is refused before it is read', () => {
  throws(() => [...new Envelopes().push(Buffer.from([1, 0, 0, 0, 0]))], { message: /compressed/ });
  throws(() => [...new Envelopes().push(Buffer.from([0, 255, 0, 0, 0]))], { message: /bytes: more than/ });
});

test.run();
