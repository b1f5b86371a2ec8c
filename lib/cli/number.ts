import { UsageError } from '../errors.ts';

/** The value of an option that counts milliseconds; its range is checked by whoever uses it. */
export function parseMilliseconds(option: string, text: unknown): number {
  if (!/^\d{1,7}$/.test(String(text)))
    throw new UsageError(option, `must be a number of milliseconds, not '${String(text)}'`);
  return Number(text);
}

/** The value of an option that counts bytes. */
export function parseBytes(option: string, text: unknown): number {
  if (!/^\d{1,15}$/.test(String(text)))
    throw new UsageError(option, `must be a number of bytes, not '${String(text)}'`);
  return Number(text);
}

/** A process id. */
export function parsePid(option: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UsageError(option, `must be a process id, not '${text}'`);
  return Number(text);
}
