import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { Disclosure } from '../report/entry.ts';
import { createFingerprint } from '../report/fingerprint.ts';
import type { OutputOptions } from './output.ts';

const SHORTEST_KEY = 16;

function readKey(path: string): Buffer {
  let key: Buffer;
  try {
    key = readFileSync(path);
  } catch (cause) {
    throw new UsageError('--fingerprint-key', `cannot be read: ${(cause as Error).message}`);
  }
  if (key.length < SHORTEST_KEY)
    throw new UsageError('--fingerprint-key', `must hold at least ${SHORTEST_KEY} bytes: ${path}`);
  return key;
}

/** How `--reveal` and `--fingerprint-key` have values shown. */
export function toDisclosure(options: OutputOptions): Disclosure {
  const path = options.fingerprintKey;
  return {
    fingerprint: createFingerprint(typeof path === 'string' ? readKey(path) : undefined),
    reveal: options.reveal === true,
  };
}
