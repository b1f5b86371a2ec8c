import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const guides = fileURLToPath(new URL('../../docs/guides/', import.meta.url));

/** The rows of the table of a guide that has this heading row, cell by cell, without the backquotes around a whole cell. */
export function tableOf(guide: string, heading: string): string[][] {
  const lines = readFileSync(`${guides}${guide}`, 'utf8').split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`${guide} has no table '${heading}'`);
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end).map((line) => {
    const cells = line.slice(1, -1).split('|');
    return cells.map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'));
  });
}
