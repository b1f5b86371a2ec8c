import type { FieldWriter } from '../etcd/field-writers.ts';
import type { Finding } from '../kube/finding.ts';

/**
 * Whose truth the versions of a Secret are.
 *
 * `etcd`: its record, with all that etcd has kept. `api`: what kube-apiserver told kubelet's own credentials. `manifest`: a
 * file. `values`: values that were given one by one. `volume`: the newest generation in a volume that kubelet wrote.
 */
export type SecretSource = 'etcd' | 'api' | 'manifest' | 'values' | 'volume';

/** A Secret as it was at some time. Its values are secret. */
export interface SecretVersion {
  /** Who told it. */
  readonly source: SecretSource;
  /** Of etcd, from which on it was so; null where the source counts none. */
  readonly revision: bigint | null;
  /** It is what the Secret holds now. */
  readonly current: boolean;
  /** When it was written, as the writer's clock had it; null where nobody says. */
  readonly since: Date | null;
  /** Who wrote it, as it called itself; null where nobody says. */
  readonly by: FieldWriter | null;
  /** Values by key, decoded; only those that are known, of `values` and of what only `kubectl apply` tells of. */
  readonly data: ReadonlyMap<string, Buffer>;
}

/** What is known of a Secret. Disposing of it overwrites its values. */
export interface KnownSecret extends Disposable {
  /** Empty where values were given without a Secret. */
  readonly namespace: string;
  /** Empty where values were given without a Secret. */
  readonly name: string;
  /** Null where the source does not say. */
  readonly uid: string | null;
  /** Oldest first; the current one, where there is one, last. A Secret that was deleted has no current one. */
  readonly versions: readonly SecretVersion[];
  /** Every version there ever was is there: a value that is none of them was never the Secret's. */
  readonly complete: boolean;
  /** When each key was last written, for those of which somebody says; also where the older values are gone. */
  readonly keyTimes: ReadonlyMap<string, Date>;
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}
