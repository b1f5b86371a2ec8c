import { toArray, toObject, toText } from '../../document/json.ts';
import { fromManifest } from '../../etcd/kubernetes/from-manifest.ts';
import { isPod, type StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { Finding } from '../../kube/finding.ts';
import type { ApiClient } from '../../kube/api/client.ts';
import type { ClusterView } from '../cluster.ts';
import { readApiObject } from './api-objects.ts';
import { gatherCluster, type GatherOptions } from './cluster-gathering.ts';

/** What {@link readClusterFromApi} may be told. */
export interface ApiClusterOptions extends GatherOptions {
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

const PAGE = 250;
const MOST_PAGES = 16;

/** What a list has in it does not say of what kind it is. */
function toPods(list: unknown): StoredPod[] {
  const items = toArray(list, PAGE).map((item) => fromManifest({ ...toObject(item), apiVersion: 'v1', kind: 'Pod' }));
  return items.filter(isPod);
}

async function readPods(
  api: ApiClient,
  nodeName: string,
  signal?: AbortSignal,
): Promise<{ pods: StoredPod[]; findings: Finding[] }> {
  const pods: StoredPod[] = [];
  let next = '';
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = {
      fieldSelector: `spec.nodeName=${nodeName}`,
      limit: `${PAGE}`,
      ...(next === '' ? {} : { continue: next }),
    };
    const list = await api.get('/api/v1/pods', { query, ...(signal && { signal }) });
    pods.push(...toPods(list?.['items']));
    next = toText(toObject(list?.['metadata'])['continue']) ?? '';
    if (next === '') return { pods, findings: [] };
  }
  const message = `${pods.length} pods of this node were read: there are more, which were left out`;
  return { pods, findings: [{ code: 'too-many-pods', message }] };
}

/**
 * Reads from the API which pods are bound to a node, which Secrets and ConfigMaps they use and what those hold now, and what the
 * pods belong to, as far as it may be read: with kubelet's own credentials not further than what the pod itself names, which
 * is a ReplicaSet for a pod of a Deployment.
 *
 * It holds up to 4,000 pods and 64 MiB of values; what is beyond that, or is denied, is a finding, and its values are not known.
 * Errors: those of the client.
 */
export async function readClusterFromApi(
  api: ApiClient,
  nodeName: string,
  options: ApiClusterOptions = {},
): Promise<ClusterView> {
  const { signal } = options;
  const { pods, findings } = await readPods(api, nodeName, signal);
  return gatherCluster({ source: 'api', pods, read: (what) => readApiObject(api, what, signal), findings }, options);
}
