import type { ObjectUse, StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { SecretName } from './secret-name.ts';

/** A Secret or ConfigMap that a pod uses, in its namespace. */
export interface UsedObject {
  readonly of: ObjectUse['of'];
  readonly namespace: string;
  readonly name: string;
}

/** The Secrets and ConfigMaps that a pod uses, in any way; some may be there more than once. */
export function usedObjects({ metadata, containers, volumes, imagePullSecrets }: StoredPod): UsedObject[] {
  const uses = [
    ...containers.flatMap(({ env, envFrom }) => [...env, ...envFrom].map(({ from }) => from)),
    ...volumes.flatMap(({ from }) => from),
  ].filter((use) => use !== null);
  const pulls = [...imagePullSecrets, ...volumes.map(({ csiSecret }) => csiSecret)].filter((name) => name !== null);
  return [...uses, ...pulls.map((name) => ({ of: 'secret' as const, name }))]
    .filter(({ name }) => name !== '')
    .map(({ of, name }) => ({ of, namespace: metadata.namespace, name }));
}

/** Whether a pod uses a Secret. */
export function usesSecret(pod: StoredPod, { namespace, name }: SecretName): boolean {
  return usedObjects(pod).some((one) => one.of === 'secret' && one.namespace === namespace && one.name === name);
}
