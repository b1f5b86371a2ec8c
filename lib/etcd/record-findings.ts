import { isConfigMap, isSecret, type StoredObject, type StoredSecret } from './kubernetes/objects.ts';
import { LAST_APPLIED, lastAppliedValues } from './last-applied.ts';
import type { StorageKey } from './storage-key.ts';

/** Something noteworthy about a stored object. */
export interface RecordFinding {
  /** What it is, for programs. */
  readonly code:
    'last-applied-in-clear' | 'immutable' | 'unknown-type' | 'legacy-token' | 'missing-key' | 'other-place';
  /** For people; it holds no value. */
  readonly message: string;
  /** Keys that it is about. */
  readonly keys: readonly string[];
}

/** Types that something in Kubernetes or Helm uses, and the keys that they must have (kubernetes, pkg/apis/core/types.go). */
const TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['Opaque', []],
  ['kubernetes.io/service-account-token', []],
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/basic-auth', []],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
  ['bootstrap.kubernetes.io/token', ['token-id', 'token-secret']],
  ['helm.sh/release.v1', ['release']],
]);

function finding(code: RecordFinding['code'], message: string, keys: readonly string[] = []): RecordFinding {
  return { code, message, keys };
}

function list(keys: readonly string[]): string {
  return keys.map((key) => `'${key}'`).join(', ');
}

/** Which keys of a Secret the annotation has, and whether their values are the present ones. */
function judgeLastApplied({ metadata, data }: StoredSecret): RecordFinding[] {
  const values = lastAppliedValues(metadata);
  if (values.size === 0) return [];
  const keys = [...values.keys()];
  const others = keys.filter((key) => data.get(key)?.equals(values.get(key) as Buffer) !== true);
  const age = others.length === 0 ? 'as they are' : `${list(others)} not as it is now`;
  const message = `the annotation ${LAST_APPLIED} holds ${list(keys)} in clear (${age}): kubectl apply wrote it there, and everything that shows annotations shows it`;
  return [finding('last-applied-in-clear', message, keys)];
}

function judgeType({ type, data }: StoredSecret): RecordFinding[] {
  const needed = TYPES.get(type);
  if (needed === undefined) return [finding('unknown-type', `nothing in Kubernetes uses the type '${type}'`)];
  const missing = needed.filter((key) => !data.has(key));
  const token =
    'its token has no end: since Kubernetes 1.24 none is made unless it is asked for, and pods do not need it';
  return [
    ...(type === 'kubernetes.io/service-account-token' ? [finding('legacy-token', token)] : []),
    ...(missing.length > 0
      ? [finding('missing-key', `the type '${type}' needs ${list(missing)}, which it lacks`, missing)]
      : []),
  ];
}

function judgePlace({ metadata }: StoredObject, place: StorageKey | null): RecordFinding[] {
  // what kube-apiserver keeps for itself, such as ranges of addresses, has no name
  if (place === null || metadata.name === '') return [];
  if (metadata.name === place.name && metadata.namespace === (place.namespace ?? '')) return [];
  return [finding('other-place', 'its namespace or name are not those of its key: it was copied there by hand')];
}

/** What is noteworthy about an object at its place. */
export function judgeObject(object: StoredObject | null, place: StorageKey | null): RecordFinding[] {
  if (object === null) return [];
  const immutable = (isSecret(object) || isConfigMap(object)) && object.immutable === true;
  const text = 'it is immutable: it can only be deleted and made anew, and kubelet does not watch it';
  return [
    ...(isSecret(object) ? [...judgeLastApplied(object), ...judgeType(object)] : []),
    ...(immutable ? [finding('immutable', text)] : []),
    ...judgePlace(object, place),
  ];
}
