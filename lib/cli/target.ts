import { UsageError } from '../errors.ts';

/** A TARGET of the command line: a process id. */
export function parseTarget(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError('target', `must be a process id, not '${text}'`);
  return Number(text);
}
