import { isIP } from 'node:net';

/** Shorter values are no proof, whatever they consist of. */
export const LEAST_BYTES = 8;

/**
 * So many bits make a value proof by itself: a node has some 2^25 places in its environments and command lines where a value
 * could begin, so that of a hundred values that are chosen like this one, one is there by chance.
 */
export const LEAST_BITS = 32;

/** What a byte of names, words, numbers and addresses counts: they are chosen from few. */
const PLAIN_BITS = 0.5;
/** Of longer values only the beginning counts. */
const MOST_BYTES = 4096;

/** Where names are put together. */
const SEPARATORS = /[-_./:,;=@?&\s"'{}[\]]+/;
/** One word in one case, or several in camel case, then a number of at most four digits; or only digits. */
const PLAIN = /^(?:(?:[a-z]+|[A-Z]+|[A-Z]?[a-z]+(?:[A-Z][a-z]{2,})*)\d{0,4}|\d+)$/;
/** No language says these. */
const UNSPEAKABLE = /[bcdfghjklmnpqrstvwxz]{5}/i;

const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d{1,5})?$/;
const TIME = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;
/** Scheme, host and port of a URL without a user. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?(?=[/?#]|$)/i;

function bitsPerByte(bytes: Uint8Array): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / bytes.length) * Math.log2(count / bytes.length), 0);
}

function isPlainWord(word: string): boolean {
  return PLAIN.test(word) && !UNSPEAKABLE.test(word);
}

/** How many of its bytes are of names, words, numbers and addresses, or between them. */
function countPlain(text: string): number {
  if (HOST.test(text) || TIME.test(text) || isIP(text) !== 0) return text.length;
  const rest = text.replace(ORIGIN, '');
  const others = rest.split(SEPARATORS).filter((word) => word !== '' && !isPlainWord(word));
  return text.length - others.reduce((sum, word) => sum + word.length, 0);
}

/**
 * How much a value tells it from others, in bits: for each byte the Shannon entropy of the value's own bytes, but at most half
 * a bit for bytes of words, names, numbers, addresses and dates. A lower bound of what a random value has.
 */
export function entropyBits(value: Uint8Array): number {
  const bytes = value.subarray(0, MOST_BYTES);
  if (bytes.length === 0) return 0;
  const plain = countPlain(Buffer.from(bytes).toString('latin1'));
  const each = bitsPerByte(bytes);
  return plain * Math.min(PLAIN_BITS, each) + (bytes.length - plain) * each;
}

/**
 * Whether a value is proof by itself: where it is found, it came from the Secret, though nothing there refers to it. At least
 * 8 bytes and 32 bits by {@link entropyBits}; docs/guides/trail-verdicts.md has examples.
 */
export function isDistinctive(value: Uint8Array): boolean {
  return value.length >= LEAST_BYTES && entropyBits(value) >= LEAST_BITS;
}
