import type { KnownSecret, SecretSource, SecretVersion } from '../trail/known-secret.ts';

/** What a version did to a key. */
export interface VersionChange {
  readonly key: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** A version beside the one before it. */
export interface VersionStep {
  readonly version: SecretVersion;
  /** Null where the one before it is not known, or is no whole Secret. */
  readonly changes: readonly VersionChange[] | null;
}

type Data = SecretVersion['data'];

function compare(before: Data, after: Data): VersionChange[] {
  const written = [...after].flatMap(([key, value]): VersionChange[] => {
    const old = before.get(key);
    if (old === undefined) return [{ key, change: 'added' }];
    return old.equals(value) ? [] : [{ key, change: 'changed' }];
  });
  const removed = [...before.keys()].filter((key) => !after.has(key));
  return [...written, ...removed.map((key): VersionChange => ({ key, change: 'removed' }))];
}

/** Values that were given one by one are a part of a Secret: what it had beside them is not known. */
function isWhole(version: SecretVersion | undefined): version is SecretVersion {
  return version !== undefined && version.source !== 'values';
}

/** The versions of a Secret, oldest first, and what each changed. */
export function versionSteps({ versions, complete }: KnownSecret): VersionStep[] {
  return versions.map((version, i) => {
    const before = versions[i - 1];
    if (i === 0) return { version, changes: complete ? compare(new Map(), version.data) : null };
    return { version, changes: isWhole(before) && isWhole(version) ? compare(before.data, version.data) : null };
  });
}

/** The version that is in force; undefined of a Secret that is gone, or of which only older values are known. */
export function currentVersion({ versions }: KnownSecret): SecretVersion | undefined {
  return versions.find(({ current }) => current);
}

/** The Secret's name; null where values were given without one. */
export function secretName({ namespace, name }: KnownSecret): string | null {
  return name === '' ? null : `${namespace}/${name}`;
}

const TELLERS: Record<SecretSource, string> = {
  etcd: 'etcd',
  api: 'the API server',
  manifest: 'a manifest',
  values: 'values that were given',
  volume: "a volume's newest generation",
};

/** Who told the versions: `etcd and a manifest`. */
export function tellers({ versions }: KnownSecret): string {
  return [...new Set(versions.map(({ source }) => TELLERS[source]))].join(' and ') || 'nobody';
}

/** How a version is called: by its revision, where it has one. */
export function versionTitle({ revision, current, source }: SecretVersion): string {
  if (revision !== null) return `revision ${revision}`;
  if (current) return 'current version';
  return source === 'values' ? 'a value that was given' : 'an older version';
}
