import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { checkPid, Process } from '../process.ts';

/** Where a secret volume is: a path of the host, or a path as a process sees it. */
export type VolumeTarget =
  | string
  | Uint8Array
  | { readonly process: Process | number; readonly path: string | Uint8Array };

/** A target whose parts have been checked. */
export interface CheckedTarget {
  readonly process: Process | number | null;
  readonly path: Uint8Array;
  readonly shown: Buffer;
}

const SLASH = 0x2f;

function checkVolumePath(path: unknown): Buffer {
  if (typeof path !== 'string' && !(path instanceof Uint8Array))
    throw new UsageError('path', 'must be a string or a Uint8Array');
  const bytes = typeof path === 'string' ? Buffer.from(path) : Buffer.from(path);
  if (bytes.length === 0 || bytes.includes(0)) throw new UsageError('path', 'must have bytes, and none of them NUL');
  return bytes;
}

/** A later change of the working directory changes nothing. */
function fromWorkingDirectory(path: Buffer): Buffer {
  return path[0] === SLASH ? path : Buffer.concat([Buffer.from(`${resolve('.')}/`), path]);
}

/** Throws a UsageError unless it can be where a volume is. */
export function checkTarget(target: unknown): CheckedTarget {
  if (typeof target !== 'object' || target === null || target instanceof Uint8Array) {
    const shown = checkVolumePath(target);
    return { process: null, path: fromWorkingDirectory(shown), shown };
  }
  const { process, path } = target as { process?: unknown; path?: unknown };
  const shown = checkVolumePath(path);
  if (shown[0] !== SLASH) throw new UsageError('path', 'must be absolute: it begins at the root of the process');
  return { process: process instanceof Process ? process : checkPid(process), path: shown, shown };
}
