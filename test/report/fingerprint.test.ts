import { createHmac } from 'node:crypto';
import * as assert from 'uvu/assert';
import { createFingerprint } from '../../lib/report/fingerprint.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('report: fingerprints');
const key = Buffer.from('sixteen bytes or');
const values = ['', 'a', 'b', 'S3CR3T', 'x'.repeat(100_000)].map((text) => Buffer.from(text));

test('is 16 hexadecimal digits, whatever the value', () => {
  for (const value of [...values, Buffer.from([0xff, 0])]) assert.match(createFingerprint()(value), /^[0-9a-f]{16}$/);
});

test('is the start of HMAC-SHA-256 as node:crypto computes it', () => {
  const fingerprint = createFingerprint(key);
  for (const value of values) {
    const digest = createHmac('sha256', key).update(value).digest();
    assert.is(fingerprint(value), digest.subarray(0, 8).toString('hex'));
  }
});

// RFC 4231, test case 2: the key "Jefe".
test('is what the RFC says', () => {
  const fingerprint = createFingerprint(Buffer.from('Jefe'));
  assert.is(fingerprint(Buffer.from('what do ya want for nothing?')), '5bdcc146bf60754e');
});

test('can be compared under one key', () => {
  const [one, two] = [createFingerprint(key), createFingerprint(Buffer.from(key))];
  assert.equal(values.map(one), values.map(two));
  assert.is(new Set(values.map(one)).size, values.length);
});

test('cannot be compared under two keys', () => {
  const [one, two] = [createFingerprint(key), createFingerprint(Buffer.from('sixteen other by'))];
  for (const value of values) assert.is.not(one(value), two(value));
});

test('is drawn anew for each run without a key', () => {
  const [one, two] = [createFingerprint(), createFingerprint()];
  const value = Buffer.from('guess me');
  assert.is(one(value), one(value));
  assert.is.not(one(value), two(value));
  assert.is.not(one(value), createHmac('sha256', '').update(value).digest('hex').slice(0, 16));
});

test.run();
