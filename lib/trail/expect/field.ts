import type { StoredPod } from '../../etcd/kubernetes/pod.ts';

/** A field of a pod as kubelet tells it to a container. */
export interface PodField {
  /** As text. */
  readonly value: string;
  /** It can have been another when the container was started. */
  readonly changes: boolean;
}

const OF_MAP = /^metadata\.(labels|annotations)\['([^']*)'\]$/;

/**
 * What `fieldRef` gives; null of fields that the record of a pod does not tell, such as `status.podIP`.
 *
 * Source: kubernetes, pkg/fieldpath/fieldpath.go, and podFieldSelectorRuntimeValue of pkg/kubelet/kubelet_pods.go.
 */
export function readPodField({ metadata, nodeName, serviceAccountName }: StoredPod, path: string): PodField | null {
  const fixed = new Map([
    ['metadata.name', metadata.name],
    ['metadata.namespace', metadata.namespace],
    ['metadata.uid', metadata.uid],
    ['spec.nodeName', nodeName],
    ['spec.serviceAccountName', serviceAccountName],
  ]);
  const value = fixed.get(path);
  if (value !== undefined) return { value, changes: false };
  const [, map, key] = OF_MAP.exec(path) ?? [];
  if (key === undefined) return null;
  return { value: metadata[map === 'labels' ? 'labels' : 'annotations'].get(key) ?? '', changes: true };
}
