import { createHash } from 'node:crypto';
import { wordAt } from './anchor.ts';

function digestOf(text: Uint8Array): string {
  return createHash('sha256').update(text).digest('base64');
}

/** What is cheap to tell of a text: its length, its first and its last four bytes. Most texts have that of no value. */
function shapeOf(text: Uint8Array): number {
  const { length } = text;
  if (length < 4) return length;
  return (Math.imul(wordAt(text, 0), 0x9e3779b1) ^ Math.imul(wordAt(text, length - 4), 0x85ebca6b) ^ length) | 0;
}

/**
 * Finds which value a text is. Each text takes the same time, however many values there are: a text of the shape of one is
 * looked up by its digest, so that values which are alike, or made to be, cost no more than others.
 */
export class WholeValues {
  readonly #byShape = new Map<number, Map<string, number>>();

  constructor(values: readonly Uint8Array[]) {
    for (const [number, value] of values.entries()) {
      const shape = shapeOf(value);
      const byDigest = this.#byShape.get(shape) ?? new Map<string, number>();
      const digest = digestOf(value);
      if (!byDigest.has(digest)) byDigest.set(digest, number);
      this.#byShape.set(shape, byDigest);
    }
  }

  /** The number of the value; null where it is none. */
  find(text: Uint8Array): number | null {
    return this.#byShape.get(shapeOf(text))?.get(digestOf(text)) ?? null;
  }
}
