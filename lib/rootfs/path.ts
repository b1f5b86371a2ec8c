import { SystemError } from '../errors.ts';
import type { Outcome } from '../native.ts';
import { processError } from '../process.ts';

/** What a transaction on a path gave, or its error. */
export function unwrap<Value>(outcome: Outcome<Value> | undefined, pid: number, path: Uint8Array): Value {
  const error = outcome?.error;
  if (error === undefined) return outcome?.value as Value;
  // the process itself may not be looked into, or is gone: what there is to say does not depend on the path
  const onRoot = error.syscall === 'open' && error.path === `/proc/${pid}/root`;
  if (onRoot || error.syscall.startsWith('pidfd_')) throw processError(error, pid);
  throw new SystemError({ ...error, path: error.path || Buffer.from(path).toString() }, pid);
}
