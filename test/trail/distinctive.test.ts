import * as assert from 'uvu/assert';
import { entropyBits, isDistinctive, LEAST_BITS, LEAST_BYTES } from '../../lib/trail/distinctive.ts';
import { tableOf } from '../helpers/guide-table.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('trail: which values are proof');

const rows = tableOf('trail-verdicts.md', '| value | bits | proof |');

for (const [value = '', bits, proof] of rows) {
  test(`as the guide says: ${value}`, () => {
    const bytes = Buffer.from(value);
    assert.equal([String(Math.floor(entropyBits(bytes))), isDistinctive(bytes) ? 'yes' : 'no'], [bits, proof]);
  });
}

test('the guide shows both', () => {
  assert.ok(rows.filter(([, , proof]) => proof === 'yes').length > 5);
  assert.ok(rows.filter(([, , proof]) => proof === 'no').length > 20);
});

test('nothing that is short or empty is', () => {
  assert.is(entropyBits(Buffer.alloc(0)), 0);
  assert.not(isDistinctive(Buffer.alloc(0)));
  assert.not(isDistinctive(Buffer.from('~k9#Zq!')));
  assert.equal([LEAST_BYTES, LEAST_BITS], [8, 32]);
});

test('bytes that are no text count as they are', () => {
  assert.ok(isDistinctive(Buffer.from('00fffe8091a2b3c4d5e6f708', 'hex')));
  assert.not(isDistinctive(Buffer.alloc(1_000_000)));
});

/** Random values, the same in each run. */
function* randomValues(alphabet: string, length: number, count: number): Generator<string> {
  let state = 42;
  const next = (): string => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return alphabet.charAt((state >>> 8) % alphabet.length);
  };
  for (let at = 0; at < count; at += 1) yield Array.from({ length }, next).join('');
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const alphanumeric = `${letters}${letters.toUpperCase()}0123456789`;
// of so many in a thousand random values at least this many are proof
const random: [what: string, alphabet: string, length: number, least: number][] = [
  ['12 letters and digits', alphanumeric, 12, 990],
  ['16 letters and digits', alphanumeric, 16, 1000],
  ['16 hexadecimal digits', '0123456789abcdef', 16, 990],
  ['32 hexadecimal digits', '0123456789abcdef', 32, 1000],
  ['43 characters of base64', `${alphanumeric}+/`, 43, 1000],
  ['20 characters of any kind', `${alphanumeric}!#$%&()*+,-./:;<=>?@[]^_{|}~`, 20, 980],
  ['20 small letters, which can look like a word', letters, 20, 700],
];
for (const [what, alphabet, length, least] of random) {
  test(`random: ${what}`, () => {
    const proofs = [...randomValues(alphabet, length, 1000)].filter((value) => isDistinctive(Buffer.from(value)));
    assert.ok(proofs.length >= least, `${proofs.length} of 1000`);
  });
}

test('a megabyte takes no longer than its beginning', () => {
  const text = Buffer.from('a.'.repeat(500_000));
  assert.is(entropyBits(text), entropyBits(text.subarray(0, 4096)));
});

test.run();
