import { UsageError } from '../index.ts';

/** A number of milliseconds of the command line. */
export function parseMilliseconds(option: string, text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new UsageError(option, `must be a number of milliseconds, not '${text}'`);
  return Number(text);
}
