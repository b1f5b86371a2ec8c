import { ContainedValues } from './contained-values.ts';
import { WholeValues } from './whole-values.ts';

/** Which values are in a text. */
export interface Matches {
  /** The value that the text is; null where it is none. */
  readonly whole: number | null;
  /** Distinctive values of at least eight bytes that are in it, and shorter than it; ascending. */
  readonly contained: readonly number[];
  /** False: it was made to look like values nearly everywhere, and was not looked through to its end. */
  readonly complete: boolean;
}

const NOTHING: Matches = { whole: null, contained: [], complete: true };

/** Finds values in texts, all values at once: {@link WholeValues} and {@link ContainedValues} say how. Holds no copy of them. */
export class Matcher {
  readonly #whole: WholeValues;
  readonly #contained: ContainedValues;
  readonly #distinctive: ReadonlySet<number>;

  constructor(values: readonly Buffer[], distinctive: ReadonlySet<number>) {
    this.#whole = new WholeValues(values);
    this.#contained = new ContainedValues(values, distinctive);
    this.#distinctive = distinctive;
  }

  /** It is proof by itself, wherever it is. */
  isDistinctive(number: number): boolean {
    return this.#distinctive.has(number);
  }

  /** The value that the text is; null where it is none. */
  whole(text: Uint8Array): number | null {
    return this.#whole.find(text);
  }

  match(text: Buffer): Matches {
    const whole = this.#whole.find(text);
    const { numbers, complete } = this.#contained.find(text);
    if (whole === null && numbers.length === 0 && complete) return NOTHING;
    return { whole, contained: numbers.filter((number) => number !== whole), complete };
  }
}
