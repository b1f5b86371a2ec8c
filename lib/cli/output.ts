import { createStyle, type Style } from '../report/style.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';

/** Options of a command line, as commander gives them. */
export type OutputOptions = Readonly<Record<string, string | boolean | undefined>>;

/** Colours on a terminal, unless NO_COLOR says no (no-color.org). */
export function terminalStyle(): Style {
  return createStyle(process.stdout.isTTY === true && !process.env.NO_COLOR);
}

/** Ends without a word when whoever reads the output has gone, as `| head` does. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** Prints lines. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Prints one JSON document. */
export function printJson(document: object): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Says what went wrong, on standard error. */
export function complain(error: unknown): void {
  const known = exitCodeOf(error) !== EXIT.bug && error instanceof Error;
  const text = known
    ? error.message
    : `this is a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`podprobe: ${text}\n`);
}
