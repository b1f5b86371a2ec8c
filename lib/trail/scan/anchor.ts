/** Bytes of an anchor: a value has to be that long to be found within a longer text. */
export const ANCHOR = 8;

/** Windows of a value of which the rarest is chosen. */
const MOST_WINDOWS = 4096;
const MOST_COUNTERS = 2 ** 20;

/** Four bytes as a number. */
export function wordAt(text: Uint8Array, at: number): number {
  return (
    (text[at] as number) |
    ((text[at + 1] as number) << 8) |
    ((text[at + 2] as number) << 16) |
    ((text[at + 3] as number) << 24)
  );
}

/** The two words of an anchor as one number, small enough to be no object in V8. */
export function anchorKey(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul((second << 15) | (second >>> 17), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & 0x3fff_ffff;
}

function keyAt(text: Uint8Array, at: number): number {
  return anchorKey(wordAt(text, at), wordAt(text, at + 4));
}

function windowsOf({ length }: Uint8Array): number {
  return Math.min(length - ANCHOR + 1, MOST_WINDOWS);
}

/** How often each window is in all values, about: two can share a counter, which only makes a choice worse. */
function countWindows(values: readonly Uint8Array[]): Uint16Array {
  const windows = values.reduce((sum, value) => sum + windowsOf(value), 0);
  const counts = new Uint16Array(Math.min(2 ** Math.ceil(Math.log2(4 * windows + 1)), MOST_COUNTERS));
  for (const value of values) {
    for (let at = 0; at < windowsOf(value); at++) {
      const counter = keyAt(value, at) % counts.length;
      const count = counts[counter] as number;
      if (count < 0xffff) counts[counter] = count + 1;
    }
  }
  return counts;
}

function rarestWindow(value: Uint8Array, counts: Uint16Array): number {
  let [best, least] = [0, Infinity];
  for (let at = 0; at < windowsOf(value) && least > 1; at++) {
    const count = counts[keyAt(value, at) % counts.length] as number;
    if (count < least) [best, least] = [at, count];
  }
  return best;
}

/** By which eight bytes of it a value is found. */
export interface Anchor {
  /** Of {@link anchorKey}. */
  readonly key: number;
  /** Its first word. */
  readonly first: number;
  /** Where it is in the value. */
  readonly offset: number;
}

/**
 * Chooses an anchor for each value: those eight bytes that are in the fewest of the others. Values that begin alike, such as
 * certificates, tokens and connection strings, get anchors that tell them apart.
 */
export function chooseAnchors(values: readonly Uint8Array[]): Anchor[] {
  const counts = countWindows(values);
  return values.map((value) => {
    const offset = rarestWindow(value, counts);
    return { key: keyAt(value, offset), first: wordAt(value, offset), offset };
  });
}
