import { fromManifest } from '../../etcd/kubernetes/from-manifest.ts';
import { isSecret } from '../../etcd/kubernetes/objects.ts';
import { RecordError } from '../../etcd/record-error.ts';
import type { ApiClient } from '../../kube/api/client.ts';
import type { KnownSecret } from '../known-secret.ts';
import { getManifest } from './api-objects.ts';
import { toKnown } from './known.ts';
import { noSuchSecret, type SecretName } from './secret-name.ts';
import { appliedBefore, keyTimesOf, revisionOf, toVersion } from './versions.ts';

/**
 * Reads a Secret from the API: what it holds now, and where `kubectl apply` made it and something else changed it, what that
 * wrote. With kubelet's own credentials that is allowed only for Secrets that a pod of this node uses.
 *
 * Errors: those of the client; a TargetError, where there is no such Secret; a RecordError, where it is none.
 */
export async function readSecretFromApi(
  api: ApiClient,
  { namespace, name }: SecretName,
  options: { readonly signal?: AbortSignal } = {},
): Promise<KnownSecret> {
  const manifest = await getManifest(api, { apiVersion: 'v1', kind: 'Secret', namespace, name }, options.signal);
  if (manifest === null) throw noSuchSecret({ namespace, name }, `the API at '${api.server}'`);
  const secret = fromManifest(manifest);
  if (!isSecret(secret))
    throw new RecordError('ERR_RECORD_MALFORMED', `'${api.server}' gave something else than a Secret`);
  const retained = { secret, revision: revisionOf(manifest), isFirst: false };
  const before = appliedBefore(secret, 'api');
  return toKnown({
    namespace,
    name,
    uid: secret.metadata.uid || null,
    versions: [...(before === null ? [] : [before]), toVersion(retained, 'api', true)],
    complete: false,
    keyTimes: keyTimesOf([retained]),
    findings: [],
  });
}
