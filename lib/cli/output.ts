import { once } from 'node:events';
import { createStyle, type Style } from '../report/style.ts';

/** Options of a command line, as commander gives them: a list of those that can be given several times. */
export type OutputOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Colours on a terminal that has them, unless NO_COLOR says no (no-color.org: empty says nothing). */
export function terminalStyle(): Style {
  return createStyle(process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !process.env.NO_COLOR);
}

/** Prints lines. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** JSON, and YAML in double quotes, leave DEL, the control characters of eight bits and those that turn text around as they are. */
export function escapeControls(json: string): string {
  if (!/[^\n\x20-\x7e]/.test(json)) return json;
  return json.replace(/[\x7f-\x9f]|\p{Cf}|\p{Zl}|\p{Zp}/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Prints one JSON document. */
export function printJson(document: object, indent = 2): void {
  process.stdout.write(`${escapeControls(JSON.stringify(document, null, indent))}\n`);
}

/** One JSON document on a line of its own. */
export function toJsonLine(document: object): string {
  return escapeControls(JSON.stringify(document));
}

/** Prints one line; done when whoever reads the output can take more. */
export async function printLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
