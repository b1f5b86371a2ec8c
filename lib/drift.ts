import type { EnvironmentBlock, EnvironmentEntry, ProcessEnvironment } from './environ.ts';

/** One variable that is not what it was when the program started. */
export interface Drift {
  /** Its name. */
  readonly name: Buffer;
  /** It is there now and was not, was and is not, or has another value. */
  readonly change: 'added' | 'removed' | 'changed';
}

/** @internal Entry that getenv(3) would find, by name in latin1, which keeps every byte apart. */
export function effectiveEntries(block: EnvironmentBlock): Map<string, EnvironmentEntry> {
  const byName = new Map<string, EnvironmentEntry>();
  for (const entry of block.entries) {
    const name = entry.name?.toString('latin1');
    if (name !== undefined && !byName.has(name)) byName.set(name, entry);
  }
  return byName;
}

/**
 * What the program has changed since it started: by name, as getenv(3) sees both environments; order does not count.
 *
 * Null when that cannot be known: one of the two was not read, the live one is not `ok`, or the initial one is neither
 * `intact` nor `empty`.
 */
export function environmentDrift({ initial, live }: ProcessEnvironment): Drift[] | null {
  if (initial === null || live?.state !== 'ok') return null;
  if (initial.truncated || (initial.state !== 'intact' && initial.state !== 'empty')) return null;
  const before = effectiveEntries(initial);
  const after = effectiveEntries(live);
  const drift: Drift[] = [];
  for (const [name, entry] of before) {
    const now = after.get(name);
    if (now === undefined) drift.push({ name: Buffer.from(name, 'latin1'), change: 'removed' });
    else if (!now.value.equals(entry.value)) drift.push({ name: Buffer.from(name, 'latin1'), change: 'changed' });
  }
  for (const name of after.keys()) {
    if (!before.has(name)) drift.push({ name: Buffer.from(name, 'latin1'), change: 'added' });
  }
  return drift;
}
