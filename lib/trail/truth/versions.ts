import { type JsonObject, toObject, toText } from '../../document/json.ts';
import { lastWriter, writerOf } from '../../etcd/field-writers.ts';
import type { StoredSecret } from '../../etcd/kubernetes/objects.ts';
import { lastApplier, lastAppliedValues } from '../../etcd/last-applied.ts';
import type { SecretSource, SecretVersion } from '../known-secret.ts';

/** A Secret as it was in one revision, and what is known of that revision. */
export interface RetainedSecret {
  readonly secret: StoredSecret;
  /** Null where the source counts none. */
  readonly revision: bigint | null;
  /** It was made with it: there is no older one with its uid. */
  readonly isFirst: boolean;
}

/** The version that an object is. */
export function toVersion(
  { secret, revision, isFirst }: RetainedSecret,
  source: SecretSource,
  current: boolean,
): SecretVersion {
  const by = lastWriter(secret.metadata);
  const since = by?.time ?? (isFirst ? secret.metadata.creationTimestamp : null);
  return { source, revision, current, since, by, data: secret.data };
}

/**
 * The version before an object, as far as `kubectl apply` wrote it: what it was given when it was last run, where the object
 * does not hold that any more. Only what was given then is in it. Null where there is none.
 */
export function appliedBefore({ metadata, data }: StoredSecret, source: SecretSource): SecretVersion | null {
  const applied = lastAppliedValues(metadata);
  if ([...applied].every(([key, value]) => data.get(key)?.equals(value) === true)) return null;
  const applier = lastApplier(metadata);
  const by = applier && { manager: applier.manager, operation: applier.operation, time: applier.time };
  return { source, revision: null, current: false, since: by?.time ?? null, by, data: applied };
}

function writtenAt({ secret, isFirst }: RetainedSecret, key: string): Date | null {
  const time = writerOf(secret.metadata, key)?.time ?? null;
  return time ?? (isFirst ? secret.metadata.creationTimestamp : null);
}

/**
 * When each key of the newest version was last written. managedFields tell when its writer last wrote any of its keys: of the
 * versions in a row with the same value the oldest says it best. `versions`: oldest first; null where one is gone.
 */
export function keyTimesOf(versions: readonly (RetainedSecret | null)[]): Map<string, Date> {
  const [newest = null, ...older] = versions.toReversed();
  const times = new Map<string, Date>();
  for (const [key, value] of newest?.secret.data ?? []) {
    const end = older.findIndex((one) => one?.secret.data.get(key)?.equals(value) !== true);
    const same = end < 0 ? older : older.slice(0, end);
    const time = writtenAt(same.at(-1) ?? (newest as RetainedSecret), key);
    if (time !== null) times.set(key, time);
  }
  return times;
}

/** The revision of an object that the API server gave: its resourceVersion; null where it has none. */
export function revisionOf(manifest: JsonObject): bigint | null {
  const version = toText(toObject(manifest['metadata'])['resourceVersion']);
  return version !== null && /^\d{1,19}$/.test(version) ? BigInt(version) : null;
}
