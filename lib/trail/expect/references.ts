import type { StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { Finding } from '../../kube/finding.ts';
import type { ClusterView } from '../cluster.ts';
import type { KnownSecret } from '../known-secret.ts';
import { usedObjects } from '../truth/references.ts';

/** Names of all Secrets that a pod asks for, in any way, sorted; they are of its namespace. */
export function referencesOf(pod: StoredPod): string[] {
  const names = usedObjects(pod).flatMap(({ of, name }) => (of === 'secret' ? [name] : []));
  return [...new Set(names)].toSorted();
}

/** What uses a Secret without giving it to any process of a container. */
export function findOtherUses({ namespace, name }: KnownSecret, { pods }: ClusterView): Finding[] {
  const own = name === '' ? [] : pods.filter(({ metadata }) => metadata.namespace === namespace);
  return own.flatMap(({ metadata, imagePullSecrets, volumes }) => {
    const pod = `${metadata.namespace}/${metadata.name}`;
    const pulls = imagePullSecrets.includes(name)
      ? [
          {
            code: 'image-pull-secret',
            message: `${pod}: kubelet pulls its images with the Secret; no process of it is given it`,
          },
        ]
      : [];
    const drivers = volumes
      .filter(({ csiSecret }) => csiSecret === name)
      .map(({ name: volume, csiDriver }) => ({
        code: 'csi-secret',
        message: `${pod}: the driver ${csiDriver ?? ''} is given the Secret for the volume ${volume}; what it makes of it is not compared`,
      }));
    return [...pulls, ...drivers];
  });
}
