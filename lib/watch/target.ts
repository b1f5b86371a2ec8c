import { resolve } from 'node:path';
import { checkPath, checkPathIn } from '../options.ts';
import { checkPid, Process } from '../process.ts';

/** Where a secret volume is: a path of the host, or a path as a process sees it. */
export type VolumeTarget =
  | string
  | Uint8Array
  | {
      /** Held, or its id. */
      readonly process: Process | number;
      /** Absolute, from the root of the process. */
      readonly path: string | Uint8Array;
    };

/** A target whose parts have been checked. */
export interface CheckedTarget {
  readonly process: Process | number | null;
  readonly path: Uint8Array;
  readonly shown: Buffer;
}

const SLASH = 0x2f;

/** A later change of the working directory changes nothing. */
function fromWorkingDirectory(path: Buffer): Buffer {
  return path[0] === SLASH ? path : Buffer.concat([Buffer.from(`${resolve('.')}/`), path]);
}

/** Throws a UsageError unless it can be where a volume is. */
export function checkTarget(target: unknown): CheckedTarget {
  if (typeof target !== 'object' || target === null || target instanceof Uint8Array) {
    const shown = checkPath(target);
    return { process: null, path: fromWorkingDirectory(shown), shown };
  }
  const { process, path } = target as { process?: unknown; path?: unknown };
  const shown = checkPathIn(path);
  return { process: process instanceof Process ? process : checkPid(process), path: shown, shown };
}
