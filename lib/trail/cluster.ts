import type { StoredPod } from '../etcd/kubernetes/pod.ts';
import type { Finding } from '../kube/finding.ts';

/** Values by key of a Secret or ConfigMap; null: there is none of that name; undefined: not known. */
export type ObjectValues = ReadonlyMap<string, Buffer> | null | undefined;

/** What the cluster's record says of the pods of this node. Its values may be secret: disposing of it overwrites them. */
export interface ClusterView extends Disposable {
  /** Who told it; null where nobody could, and what is expected of containers is not known. */
  readonly source: 'etcd' | 'api' | 'manifest' | null;
  /** Pods that are bound to this node, as they are now. */
  readonly pods: readonly StoredPod[];
  /** The values that an object holds now. */
  readonly valuesOf: (kind: 'secret' | 'configMap', namespace: string, name: string) => ObjectValues;
  /** What a pod belongs to, such as `deployment/payments`; null where it belongs to nothing. */
  readonly ownerOf: (pod: StoredPod) => string | null;
  /** What was not as it should be. */
  readonly findings: readonly Finding[];
}

/** Nobody tells which pods there are, nor what they ask for. */
export const NO_CLUSTER: ClusterView = {
  source: null,
  pods: [],
  valuesOf: () => undefined,
  ownerOf: () => null,
  findings: [],
  [Symbol.dispose]: () => undefined,
};
