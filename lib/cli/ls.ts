import { type DirectoryListing, type Process, readdirIn, readlinkIn, statIn, type WaitOptions } from '../index.ts';
import { lsDocument, lsText } from '../report/ls.ts';
import { EXIT } from './exit-code.ts';
import { parseMilliseconds } from './number.ts';
import { type OutputOptions, print, printJson, terminalStyle } from './output.ts';
import { openTarget } from './target.ts';

/** What a path that is no directory, or a link that leads to none, is listed for: itself. */
const NO_DIRECTORY = ['ENOTDIR', 'ENOENT', 'ELOOP'];

async function listItself(held: Process, path: string, options: WaitOptions): Promise<DirectoryListing> {
  const status = await statIn(held, path, { ...options, followLinks: false });
  const link = status.type === 'symlink' ? await readlinkIn(held, path, options) : null;
  return { entries: [{ name: Buffer.from(path), type: status.type, status, link }], truncated: false };
}

async function list(held: Process, path: string, options: WaitOptions): Promise<DirectoryListing> {
  try {
    const { entries, truncated } = await readdirIn(held, path, { ...options, details: true });
    return { entries: entries.toSorted((a, b) => Buffer.compare(a.name, b.name)), truncated };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !NO_DIRECTORY.includes(String(error.code))) throw error;
    return listItself(held, path, options).catch(() => {
      throw error;
    });
  }
}

/** `podprobe ls`. */
export async function runLs(target: string, path: string, options: OutputOptions): Promise<number> {
  const timeout = parseMilliseconds('--timeout', options.timeout);
  await using held = await openTarget(target, options);
  const listing = await list(held, path, { timeout });
  if (options.json === true) printJson(lsDocument(held.pid, path, listing));
  else print(lsText(listing, terminalStyle()));
  const whole = !listing.truncated && listing.entries.every(({ status }) => status !== null);
  return whole ? EXIT.done : EXIT.incomplete;
}
