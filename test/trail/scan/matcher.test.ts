import * as assert from 'uvu/assert';
import { Matcher } from '../../../lib/trail/scan/matcher.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: matcher');

/** Numbers from 0 to below 1, the same in each run: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function bytes(next: () => number, length: number, alphabet: number): Buffer {
  return Buffer.from(Array.from({ length }, () => 0x61 + Math.floor(next() * alphabet)));
}

function distinct(values: readonly Buffer[]): Buffer[] {
  return [...new Map(values.map((value) => [value.toString('latin1'), value])).values()];
}

function all(values: readonly Buffer[]): Set<number> {
  return new Set(values.keys());
}

function naively(values: readonly Buffer[], text: Buffer): { whole: number | null; contained: number[] } {
  const whole = values.findIndex((value) => value.equals(text));
  const contained = [...values.keys()].filter((i) => {
    const value = values[i] as Buffer;
    return i !== whole && value.length >= 8 && text.includes(value);
  });
  return { whole: whole < 0 ? null : whole, contained };
}

function assertAsNaive(values: readonly Buffer[], texts: readonly Buffer[]): number {
  const matcher = new Matcher(values, all(values));
  let found = 0;
  for (const text of texts) {
    const { whole, contained, complete } = matcher.match(text);
    assert.ok(complete, `${values.length} values, a text of ${text.length} bytes`);
    assert.equal({ whole, contained: [...contained] }, naively(values, text));
    found += contained.length + (whole === null ? 0 : 1);
  }
  return found;
}

/** A text with some of the values in it, between other bytes. */
function textOf(values: readonly Buffer[], next: () => number, alphabet: number): Buffer {
  const parts = Array.from({ length: 6 }, () => {
    const value = values[Math.floor(next() * values.length)] as Buffer;
    return next() < 0.5 ? value : bytes(next, Math.floor(next() * 20), alphabet);
  });
  return Buffer.concat(parts);
}

test('finds what a search for one value after the other finds', () => {
  let found = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const next = random(seed);
    const alphabet = 2 + Math.floor(next() * 24);
    const count = 1 + Math.floor(next() * 60);
    const values = distinct(Array.from({ length: count }, () => bytes(next, Math.floor(next() * 40), alphabet)));
    const texts = [...values, ...Array.from({ length: 40 }, () => textOf(values, next, alphabet))];
    found += assertAsNaive(values, texts);
  }
  assert.ok(found > 5_000, `only ${found} were to be found`);
});

test('finds values that begin alike, end alike, overlap and are within each other', () => {
  const next = random(7);
  const head = bytes(next, 30, 26);
  const tail = bytes(next, 30, 26);
  const middles = Array.from({ length: 50 }, () => bytes(next, 4, 26));
  const alike = middles.map((middle) => Buffer.concat([head, middle, tail]));
  const within = [head, tail, Buffer.concat([head, tail]), head.subarray(5), tail.subarray(0, 20)];
  const values = distinct([...alike, ...within]);
  const overlapping = Buffer.concat([head.subarray(0, 20), head, tail.subarray(0, 25), tail]);
  assertAsNaive(values, [...values, overlapping, Buffer.concat([...alike, head]), Buffer.concat([tail, head])]);
  const { contained } = new Matcher(values, all(values)).match(Buffer.concat(alike));
  assert.is(contained.length, values.length - 1, 'all but the one that is none of the text');
});

test('a value within a longer one is told of the same text', () => {
  const values = [Buffer.from('password-one'), Buffer.from('user:password-one@host')];
  const matcher = new Matcher(values, all(values));
  assert.equal(matcher.match(Buffer.from('user:password-one@host')), { whole: 1, contained: [0], complete: true });
  assert.equal(matcher.match(Buffer.from('x user:password-one@host')), {
    whole: null,
    contained: [0, 1],
    complete: true,
  });
});

test('finds a value at the very start and the very end of a text', () => {
  const values = [Buffer.from('12345678')];
  const matcher = new Matcher(values, all(values));
  for (const text of ['12345678x', 'x12345678', 'xxxx12345678']) {
    assert.equal(matcher.match(Buffer.from(text)), { whole: null, contained: [0], complete: true }, text);
  }
  assert.is(matcher.match(Buffer.from('1234567')).contained.length, 0);
});

test('finds any bytes, NUL and invalid UTF-8 among them', () => {
  const values = [Buffer.from('00ff80fe00017f81c3', 'hex'), Buffer.from([0xff]), Buffer.alloc(0)];
  const matcher = new Matcher(values, all(values));
  const text = Buffer.concat([Buffer.from([0xc3, 0x28]), values[0] as Buffer, Buffer.from([0])]);
  assert.equal(matcher.match(text).contained, [0]);
  assert.is(matcher.match(Buffer.from([0xff])).whole, 1);
  assert.is(matcher.match(Buffer.alloc(0)).whole, 2);
});

test('values that are short, or not distinctive, are found only where they are the whole text', () => {
  const values = [Buffer.from('short'), Buffer.from('not distinctive'), Buffer.from('distinctive-1')];
  const matcher = new Matcher(values, new Set([0, 2]));
  assert.equal(matcher.match(Buffer.from('short, not distinctive, distinctive-1')).contained, [2]);
  assert.is(matcher.match(Buffer.from('short')).whole, 0);
  assert.is(matcher.match(Buffer.from('not distinctive')).whole, 1);
});

test('10,000 values that share their first 100 bytes are told apart', () => {
  const head = 'A'.repeat(100);
  const values = Array.from({ length: 10_000 }, (_, i) => Buffer.from(`${head}${i.toString(36).padStart(8, '-')}`));
  const matcher = new Matcher(values, all(values));
  const text = Buffer.from(`x${head}${head}${(4242).toString(36).padStart(8, '-')}y`.repeat(50));
  assert.equal(matcher.match(text), { whole: null, contained: [4242], complete: true });
});

test('a text that looks like values everywhere is given up, and that is told', () => {
  const values = Array.from({ length: 1000 }, (_, i) => Buffer.from(`${'a'.repeat(i + 8)}b`));
  const matcher = new Matcher(values, all(values));
  const text = Buffer.from('aaaaaaab'.repeat(20_000));
  const { contained, complete } = matcher.match(text);
  assert.is(complete, false);
  assert.equal(contained, [], 'what it holds is shorter than all of them');
});

test('values that are one long value, cut at each length, are all found', () => {
  const next = random(11);
  const long = bytes(next, 1000, 26);
  const values = Array.from({ length: 900 }, (_, i) => long.subarray(0, i + 50));
  assertAsNaive(values, [long, Buffer.concat([long.subarray(0, 300), long.subarray(0, 70)])]);
});

test.run();
