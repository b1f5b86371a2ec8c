import type { JsonObject } from '../../document/json.ts';
import { TargetError } from '../../errors.ts';
import { fromManifest } from '../../etcd/kubernetes/from-manifest.ts';
import type { StoredSecret } from '../../etcd/kubernetes/objects.ts';
import type { KnownSecret } from '../known-secret.ts';
import { toKnown } from './known.ts';
import { isKind, type ManifestSource, nameOfManifest, readManifestObjects, shownManifest } from './manifest-objects.ts';
import { valuesOfManifest } from './manifest-values.ts';
import { noSuchSecret, type SecretName, shownName } from './secret-name.ts';
import { keyTimesOf, revisionOf, toVersion } from './versions.ts';

const MOST_SHOWN = 20;

/** One that names no namespace is of whichever it is put into. */
function isNamed(object: JsonObject, wanted: SecretName): boolean {
  const { namespace, name } = nameOfManifest(object);
  return name === wanted.name && (namespace === '' || namespace === wanted.namespace);
}

function choose(secrets: readonly JsonObject[], wanted: SecretName | null, shown: string): JsonObject {
  const all = secrets.map((object) => shownName(nameOfManifest(object)));
  const found = wanted === null ? secrets : secrets.filter((object) => isNamed(object, wanted));
  const [first] = found;
  if (first === undefined && wanted !== null) throw noSuchSecret(wanted, `'${shown}'`, all);
  if (first === undefined) throw new TargetError('ERR_TARGET_UNKNOWN', `there is no Secret in '${shown}'`, []);
  if (found.length === 1) return first;
  const names = all.slice(0, MOST_SHOWN);
  const message = `'${shown}' has ${found.length} Secrets that could be meant: ${names.join(', ')}`;
  throw new TargetError('ERR_TARGET_AMBIGUOUS', message, names);
}

/**
 * Reads a Secret from a manifest, as YAML or JSON, with one or more documents, lists among them. Its one version counts as what
 * the Secret holds now: whether it does, nobody says.
 *
 * Errors: a UsageError, where it is no manifest, or kube-apiserver would refuse it; a TargetError, where the Secret is not in
 * it, or, without `wanted`, where it has not one; those of `node:fs`. No message holds anything of its values.
 */
export async function readSecretFromManifest(
  source: ManifestSource,
  wanted: SecretName | null = null,
): Promise<KnownSecret> {
  const shown = shownManifest(source);
  const secrets = (await readManifestObjects(source)).filter((object) => isKind(object, 'Secret'));
  const manifest = choose(secrets, wanted, shown);
  const { metadata, ...rest } = fromManifest(manifest) as StoredSecret;
  const secret = { ...rest, metadata, data: valuesOfManifest(manifest, shown) };
  const retained = { secret, revision: revisionOf(manifest), isFirst: false };
  return toKnown({
    namespace: wanted?.namespace ?? metadata.namespace,
    name: metadata.name,
    uid: metadata.uid || null,
    versions: [toVersion(retained, 'manifest', true)],
    complete: false,
    keyTimes: keyTimesOf([retained]),
    findings: [],
  });
}
