import type { JsonObject } from '../../document/json.ts';
import { fromManifest } from '../../etcd/kubernetes/from-manifest.ts';
import { isConfigMap, valuesOf } from '../../etcd/kubernetes/objects.ts';
import { isPod, type StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { PodList } from '../../kube/pod-list.ts';
import type { ClusterView, ObjectValues } from '../cluster.ts';
import { isKind, nameOfManifest, readManifestObjects } from './manifest-objects.ts';
import { valuesOfManifest } from './manifest-values.ts';

/** A manifest does not know the uid of its pod: that of the running one of the same name, which may have been made of another. */
function toPod(object: JsonObject, { pods }: PodList): StoredPod[] {
  const pod = isKind(object, 'Pod') ? fromManifest(object) : null;
  if (!isPod(pod)) return [];
  const { namespace, name } = pod.metadata;
  const running = pods.find((one) => one.name === name && one.namespace === namespace);
  return running === undefined ? [] : [{ ...pod, metadata: { ...pod.metadata, uid: running.uid } }];
}

function valuesIn(object: JsonObject, path: string): ObjectValues {
  if (isKind(object, 'Secret')) return valuesOfManifest(object, path);
  const map = isKind(object, 'ConfigMap') ? fromManifest(object) : null;
  return isConfigMap(map) ? (valuesOf(map) ?? undefined) : undefined;
}

const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;

/**
 * Reads from manifests what the pods of this node ask for, where nobody else tells: those that run here under the name and
 * namespace of a Pod in one of the files. Of an object that several files have, the last one counts. What is in none is not
 * known.
 *
 * Errors: a UsageError, where one is no manifest; those of `node:fs`.
 */
export async function readClusterFromManifests(paths: readonly string[], list: PodList): Promise<ClusterView> {
  const pods = new Map<string, StoredPod>();
  const values = new Map<string, ReadonlyMap<string, Buffer>>();
  for (const path of paths) {
    for (const object of await readManifestObjects(path)) {
      const { namespace, name } = nameOfManifest(object);
      for (const pod of toPod(object, list)) pods.set(pod.metadata.uid, pod);
      const its = valuesIn(object, path);
      if (its) values.set(keyOf(isKind(object, 'Secret') ? 'secret' : 'configMap', namespace, name), its);
    }
  }
  return {
    source: 'manifest',
    pods: [...pods.values()],
    valuesOf: (kind, namespace, name) => values.get(keyOf(kind, namespace, name)),
    ownerOf: () => null,
    findings: [],
    [Symbol.dispose](): void {
      for (const its of values.values()) for (const value of its.values()) value.fill(0);
    },
  };
}
