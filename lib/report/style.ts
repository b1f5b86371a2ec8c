import { styleText } from 'node:util';

/** Puts a colour on text, or leaves it alone. */
export type Style = (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan', text: string) => string;

/** For a terminal that wants colours, or for everything else: whoever calls knows, and Node is not asked again. */
export function createStyle(coloured: boolean): Style {
  return coloured ? (format, text) => styleText(format, text, { validateStream: false }) : (_format, text) => text;
}

/**
 * Rows with their columns aligned, two spaces apart; the last column is not padded, and no cell is padded to more than
 * `widest`, so that one long cell does not make every row long.
 */
export function alignColumns(rows: readonly (readonly string[])[], widest = Infinity): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, Math.min(cell.length, widest));
    });
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] as number)))
      .join('  ')
      .trimEnd(),
  );
}

/** `1 variable`, `2 variables`. */
export function count(number: number, noun: string, nouns = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : nouns}`;
}
