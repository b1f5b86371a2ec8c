import { ANCHOR, type Anchor, anchorKey, chooseAnchors, wordAt } from './anchor.ts';

/** A value that may be where its anchor is. */
interface Candidate {
  readonly number: number;
  readonly offset: number;
  readonly value: Buffer;
}

/** What is in a text. */
export interface Contained {
  /** Numbers of the values, ascending. */
  readonly numbers: readonly number[];
  /** False: too much of the text looks like a value, and the rest of it was not compared. */
  readonly complete: boolean;
}

const NOTHING: Contained = { numbers: [], complete: true };

/**
 * The most that is compared for one text: candidates, and 32 bytes of each at a time. It bounds what a text can cost that was
 * made to look like values nearly everywhere, and is never reached where values differ in some eight bytes.
 */
const COMPARISONS = 4096;
const COMPARISONS_PER_BYTE = 64;
const BYTES_PER_COMPARISON = 32;

/** Bits of the filter for each value: of a text of random bytes one position in 64 passes. */
const BITS_PER_VALUE = 64;

/** Tells at most positions of a text that no anchor begins there, by four bytes. */
class Filter {
  readonly #bits: Uint8Array;
  readonly #shift: number;

  constructor(anchors: readonly Anchor[]) {
    const wanted = Math.ceil(Math.log2(Math.max(anchors.length, 1) * BITS_PER_VALUE));
    const log = Math.min(Math.max(wanted, 12), 24);
    this.#bits = new Uint8Array(2 ** (log - 3));
    this.#shift = 32 - log;
    for (const { first } of anchors) {
      const bit = this.#bitOf(first);
      this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] as number) | (1 << (bit & 7));
    }
  }

  #bitOf(word: number): number {
    return Math.imul(word, 0x9e3779b1) >>> this.#shift;
  }

  has(word: number): boolean {
    const bit = this.#bitOf(word);
    return ((this.#bits[bit >>> 3] as number) & (1 << (bit & 7))) !== 0;
  }
}

/** One text that is looked through. */
class Search {
  readonly found = new Set<number>();
  #left: number;
  readonly #text: Buffer;

  constructor(text: Buffer) {
    this.#text = text;
    this.#left = COMPARISONS + text.length * COMPARISONS_PER_BYTE;
  }

  get exhausted(): boolean {
    return this.#left < 0;
  }

  /** The candidates of the anchor that is at this place. */
  compare(candidates: readonly Candidate[], at: number): void {
    for (const { number, offset, value } of candidates) {
      if (this.exhausted) return;
      this.#left -= 1;
      const start = at - offset;
      const end = start + value.length;
      if (start < 0 || end > this.#text.length || this.found.has(number)) continue;
      if (this.#text[start] !== value[0] || this.#text[end - 1] !== value[value.length - 1]) continue;
      this.#left -= Math.ceil(value.length / BYTES_PER_COMPARISON);
      if (this.#text.compare(value, 0, value.length, start, end) === 0) this.found.add(number);
    }
  }
}

/**
 * Finds which values are anywhere in a text, all at once: a filter and a map over eight bytes of each value, so that a text
 * takes time by its length, and not by the number of values.
 *
 * Values are compared in full, each at most until it is found; one within another is found, too. Only what has the eight bytes
 * of a value is compared with it, and all comparisons of one text are bounded by its length.
 */
export class ContainedValues {
  readonly #filter: Filter;
  readonly #byAnchor = new Map<number, Candidate[]>();

  /** Those of the values whose numbers are in `wanted` and that are long enough. */
  constructor(values: readonly Buffer[], wanted: ReadonlySet<number>) {
    const numbers = [...wanted].filter((number) => (values[number]?.length ?? 0) >= ANCHOR);
    const chosen = numbers.map((number) => values[number] as Buffer);
    const anchors = chooseAnchors(chosen);
    this.#filter = new Filter(anchors);
    for (const [i, { key, offset }] of anchors.entries()) {
      const candidate = { number: numbers[i] as number, offset, value: chosen[i] as Buffer };
      const others = this.#byAnchor.get(key);
      if (others === undefined) this.#byAnchor.set(key, [candidate]);
      else others.push(candidate);
    }
  }

  find(text: Buffer): Contained {
    if (text.length < ANCHOR || this.#byAnchor.size === 0) return NOTHING;
    const search = new Search(text);
    const last = text.length - ANCHOR;
    for (let at = 0, word = wordAt(text, 0); at <= last && !search.exhausted; at++) {
      if (this.#filter.has(word)) {
        const candidates = this.#byAnchor.get(anchorKey(word, wordAt(text, at + 4)));
        if (candidates !== undefined) search.compare(candidates, at);
      }
      word = (word >>> 8) | ((text[at + 4] as number) << 24);
    }
    if (search.found.size === 0 && !search.exhausted) return NOTHING;
    return { numbers: [...search.found].sort((a, b) => a - b), complete: !search.exhausted };
  }
}
