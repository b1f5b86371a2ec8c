import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The values that a module imports at once, by the module that they come from. Types are not loaded. */
export function importsOf(path: string): [from: string, names: string[]][] {
  const statements = readFileSync(root + path, 'utf8').matchAll(
    /^(?:import|export) (?!type\b)([^;']*) from '([^']+)';/gm,
  );
  return [...statements].flatMap(([, clause = '', from = '']) => {
    const names = clause
      .replace(/[{}\s]/g, ' ')
      .split(',')
      .map((name) => name.trim());
    const values = names.filter((name) => name !== '' && !name.startsWith('type '));
    const target = from.startsWith('.') ? posix.join(posix.dirname(path), from) : from;
    return values.length === 0 ? [] : [[target, values] as [string, string[]]];
  });
}

/** All modules that are loaded with these, packages by their names. */
export function loadedBy(...paths: string[]): Set<string> {
  const loaded = new Set(paths);
  for (const path of loaded) {
    if (!path.startsWith('lib/')) continue;
    for (const [from] of importsOf(path)) loaded.add(from);
  }
  return loaded;
}
