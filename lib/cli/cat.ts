import { openIn } from '../index.ts';
import { EXIT } from './exit-code.ts';
import { parseBytes, parseMilliseconds } from './number.ts';
import { type OutputOptions, printBytes } from './output.ts';
import { parseTarget } from './target.ts';

/** `podprobe cat`. */
export async function runCat(target: string, path: string, options: OutputOptions): Promise<number> {
  const timeout = parseMilliseconds('--timeout', options.timeout);
  const maxBytes = parseBytes('--max-bytes', options.maxBytes);
  await using file = await openIn(parseTarget(target), path, { timeout });
  await printBytes(file.stream({ timeout, maxBytes }));
  return EXIT.done;
}
