import { readFileSync } from 'node:fs';

/** A line of passwd(5): name, password, uid. */
const LINE = /^([^:]+):[^:]*:(\d{1,10}):/;

/** Names of the users of this host by their ids, as `/etc/passwd` has them; none where it cannot be read. */
export function readUserNames(path = '/etc/passwd'): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of readLines(path)) {
    const [, name, uid] = LINE.exec(line) ?? [];
    // as getpwuid(3) does: the first counts
    if (name !== undefined && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
