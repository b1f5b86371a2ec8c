import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { printable } from '../report/entry.ts';
import { createStyle, type Style } from '../report/style.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';

/** Options of a command line, as commander gives them. */
export type OutputOptions = Readonly<Record<string, string | boolean | undefined>>;

/** Colours on a terminal that has them, unless NO_COLOR says no (no-color.org: empty says nothing). */
export function terminalStyle(): Style {
  return createStyle(process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !process.env.NO_COLOR);
}

/** Ends without a word when whoever reads the output has gone, as `| head` does. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`podprobe: the output cannot be written: ${error.message}\n`);
    process.exit(EXIT.incomplete);
  });
}

/** Prints lines. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Prints bytes as they are, as fast as they are taken. */
export async function printBytes(bytes: Readable): Promise<void> {
  await pipeline(bytes, process.stdout, { end: false });
}

/** JSON leaves DEL, the control characters of eight bits and those that turn text around as they are. */
function escapeAll(json: string): string {
  return json.replace(/[\x7f-\x9f]|\p{Cf}|\p{Zl}|\p{Zp}/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Prints one JSON document. */
export function printJson(document: object): void {
  process.stdout.write(`${escapeAll(JSON.stringify(document, null, 2))}\n`);
}

/** One JSON document on a line of its own. */
export function toJsonLine(document: object): string {
  return escapeAll(JSON.stringify(document));
}

/** Prints one line; done when whoever reads the output can take more. */
export async function printLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

/** Says what went wrong, on standard error; `code` is what that makes the exit code. */
export function complain(error: unknown, code = exitCodeOf(error)): void {
  const known = code !== EXIT.bug && error instanceof Error;
  const text = known
    ? printable(error.message)
    : `this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`podprobe: ${text}\n`);
}
