import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The modules that a module of lib/ loads when it is loaded itself: not its types, not what it imports later. */
function importsOf(path: string): string[] {
  const text = readFileSync(root + path, 'utf8');
  const statements = text.matchAll(/^(?:import|export) (?!type\b)([^;']*?)(?: ?from )?'([^']+)';/gm);
  return [...statements].flatMap(([, clause = '', from = '']) => {
    const names = clause.replace(/[{}\s]+/g, ' ').split(',');
    const onlyTypes = clause.includes('{') && names.every((name) => /^\s*(?:type .*)?$/.test(name));
    return onlyTypes ? [] : [from.startsWith('.') ? posix.join(posix.dirname(path), from) : from];
  });
}

/** All modules that are loaded with these, packages by their names. */
export function loadedBy(...paths: string[]): Set<string> {
  const loaded = new Set(paths);
  for (const path of loaded) {
    if (path.startsWith('lib/')) for (const from of importsOf(path)) loaded.add(from);
  }
  return loaded;
}
