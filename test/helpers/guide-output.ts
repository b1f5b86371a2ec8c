import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const guides = fileURLToPath(new URL('../../docs/guides/', import.meta.url));

/** What a guide shows below `$ podprobe COMMAND`; process ids in the command are given as PID. */
export function outputOf(guide: string, command: string): string[] {
  const lines = readFileSync(`${guides}${guide}`, 'utf8').split('\n');
  const named = `$ podprobe ${command}`;
  const start = lines.findIndex((line) => line.replaceAll(/\b\d{4,5}\b/g, 'PID') === named);
  if (start < 0) throw new Error(`${guide} has no command '${named}'`);
  const rest = lines.slice(start + 1);
  return rest.slice(
    0,
    rest.findIndex((line) => line === '```' || line.startsWith('$ ')),
  );
}

const VALUES: [value: RegExp, word: string][] = [
  [/\.\.\d{4}(_\d\d){5}\.\d+/g, 'GENERATION'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UID'],
  [/[\da-f]{16}/g, 'FINGERPRINT'],
  // a generation ends in a random number of any length
  [/\d+(?= {2}TIME {2}\.\.data)/, 'LENGTH'],
  [/^\d+ \d+ \d+:\d+ /, 'ID PARENT DEVICE '],
  [/^[| ]+/, ''],
  [/\b0:\d+\./, 'DEVICE.'],
  // what some kernels add to a tmpfs
  [/,(seclabel|inode64)\b/g, ''],
];

/** A line with words for the values that differ from one pod to the next. */
export function shapeOf(line: string): string {
  return VALUES.reduce((shape, [value, word]) => shape.replace(value, word), line);
}

/** What was printed, line by line, with words for such values. */
export function shapesOf(printed: string): string[] {
  return printed.trimEnd().split(/\r?\n/).map(shapeOf);
}
