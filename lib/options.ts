import { UsageError } from './errors.ts';

const LONGEST_TIMEOUT = 3_600_000;
const DEFAULT_TIMEOUT = 2_000;

/** What every call that can wait takes. */
export interface WaitOptions {
  /** Milliseconds for one process, after which the call fails with `ETIMEDOUT`. Default: 2000. */
  readonly timeout?: number;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Throws a UsageError unless `value` is a whole number from 1 to `most`. */
export function checkMilliseconds(option: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(option, `must be a whole number of milliseconds from 1 to ${most}`);
}

/** Throws a UsageError unless `value` is a whole number from 0 to `most`. */
export function checkCount(option: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new UsageError(option, `must be a whole number from 0 to ${most}`);
}

/** Throws a UsageError unless `value` is true or false. */
export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new UsageError(option, 'must be true or false');
}

/** Throws a UsageError unless the options are an object with a timeout and a signal as they must be; gives the timeout. */
export function checkWaitOptions(options: WaitOptions): number {
  if (typeof options !== 'object' || options === null) throw new UsageError('options', 'must be an object');
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal))
    throw new UsageError('signal', 'must be an AbortSignal');
  const { timeout = DEFAULT_TIMEOUT } = options;
  return checkMilliseconds('timeout', timeout, LONGEST_TIMEOUT);
}
