const UNITS: readonly (readonly [letter: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
];

/** In the largest unit of which there are two. */
function inUnits(seconds: number): [number: string, letter: string] {
  const [letter, length] = UNITS.find(([, one]) => seconds >= 2 * one) ?? ['s', 1];
  return [String(Math.floor(seconds / length)), letter];
}

/** As kubectl does: `90s`, `5m`, `3d`. */
export function describeAge(seconds: number): string {
  return inUnits(seconds).join('');
}

/** The same within a sentence: `90 s`, `5 m`, `3 d`; a clock that is behind makes no less than none. */
export function describeSpan(milliseconds: number): string {
  return inUnits(Math.max(0, milliseconds) / 1000).join(' ');
}

/** A time to the second, of UTC: `2026-11-25T09:23:14Z`. */
export function describeTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
