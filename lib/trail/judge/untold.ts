import type { Finding } from '../../kube/finding.ts';
import type { PodList } from '../../kube/pod-list.ts';
import type { ClusterView } from '../cluster.ts';
import type { KnownSecret } from '../known-secret.ts';

/**
 * Pods of the Secret's namespace that run here, and of which nobody tells what they ask for: the record is of another cluster,
 * or has been changed since they were started. A pod of a file of the node cannot ask for a Secret.
 */
export function findUntold({ namespace, name }: KnownSecret, { source, pods }: ClusterView, list: PodList): Finding[] {
  if (source === null || name === '') return [];
  const told = new Set(pods.map(({ metadata }) => metadata.uid));
  return list.pods
    .filter((pod) => pod.namespace === namespace && pod.staticPod !== true && !told.has(pod.uid))
    .map((pod) => ({
      code: 'pod-not-told',
      message: `${namespace}/${pod.name}: it runs here, and ${source} does not tell what it asks for`,
    }));
}
