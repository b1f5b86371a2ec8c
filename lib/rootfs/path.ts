import { SystemError, UsageError } from '../errors.ts';
import type { Outcome } from '../native.ts';
import { processError } from '../process.ts';

/** A path as bytes, as the addon takes it. Throws a UsageError unless it is absolute and could be the name of a file. */
export function checkPath(path: unknown): Uint8Array {
  if (typeof path !== 'string' && !(path instanceof Uint8Array))
    throw new UsageError('path', 'must be a string or a Uint8Array');
  const bytes = typeof path === 'string' ? Buffer.from(path) : Uint8Array.from(path);
  if (bytes[0] !== 0x2f) throw new UsageError('path', 'must be absolute: it begins at the root of the process');
  if (bytes.includes(0)) throw new UsageError('path', 'must not contain a NUL byte');
  return bytes;
}

/** What a transaction on a path gave, or its error. */
export function unwrap<Value>(outcome: Outcome<Value> | undefined, pid: number, path: Uint8Array): Value {
  const error = outcome?.error;
  if (error === undefined) return outcome?.value as Value;
  // the process itself may not be looked into, or is gone: what there is to say does not depend on the path
  const onRoot = error.syscall === 'open' && error.path === `/proc/${pid}/root`;
  if (onRoot || error.syscall.startsWith('pidfd_')) throw processError(error, pid);
  throw new SystemError({ ...error, path: error.path || Buffer.from(path).toString() }, pid);
}
