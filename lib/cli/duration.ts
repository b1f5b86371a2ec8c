import { UsageError } from '../errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const LONGEST = 24 * 3_600_000;

/** Milliseconds of `90s`, `10m` or `1h`, at most a day. */
export function parseDuration(option: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS[unit] ?? 0);
  if (milliseconds >= 1000 && milliseconds <= LONGEST) return milliseconds;
  throw new UsageError(option, `must be like 90s, 10m or 1h, at most a day, not '${text}'`);
}
