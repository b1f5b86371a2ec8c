import { pipeline } from 'node:stream/promises';
import { openIn } from '../index.ts';
import { EXIT } from './exit-code.ts';
import { parseBytes, parseMilliseconds } from './number.ts';
import type { OutputOptions } from './output.ts';
import { openTarget } from './target.ts';

/** `podprobe cat`. */
export async function runCat(target: string, path: string, options: OutputOptions): Promise<number> {
  const timeout = parseMilliseconds('--timeout', options.timeout);
  const maxBytes = parseBytes('--max-bytes', options.maxBytes);
  await using held = await openTarget(target, options);
  await using file = await openIn(held, path, { timeout });
  await pipeline(file.stream({ timeout, maxBytes }), process.stdout, { end: false });
  return EXIT.done;
}
