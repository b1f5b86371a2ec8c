import type { JsonObject } from '../../document/json.ts';
import { fromManifest } from '../../etcd/kubernetes/from-manifest.ts';
import { RecordError } from '../../etcd/record-error.ts';
import { toResource } from '../../etcd/resource-places.ts';
import { ApiError } from '../../kube/api/api-error.ts';
import type { ApiClient } from '../../kube/api/client.ts';
import { isPossibleName, type ObjectName, type ReadObject } from './object-reader.ts';

/** `v1`, `apps/v1`. */
const API_VERSION = /^(?:[a-z0-9.-]+\/)?v[a-z0-9]+$/;

/** Where the API has an object; null where there can be none. Source: kubernetes.io/docs/reference/using-api/api-concepts. */
export function pathOf({ apiVersion, kind, namespace, name }: ObjectName): string | null {
  if (!API_VERSION.test(apiVersion) || ![namespace, name].every(isPossibleName)) return null;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const [plural = ''] = toResource(kind).split('.');
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
}

/** Reads an object as JSON; null where there is none. */
export async function getManifest(api: ApiClient, what: ObjectName, signal?: AbortSignal): Promise<JsonObject | null> {
  const path = pathOf(what);
  return path === null ? null : api.get(path, signal === undefined ? {} : { signal });
}

const OF_ONE: readonly unknown[] = ['ERR_API_DENIED', 'ERR_API_ANSWER'];

/** Reads an object. One that may not be read, or cannot, is not known. */
export async function readApiObject(api: ApiClient, what: ObjectName, signal?: AbortSignal): Promise<ReadObject> {
  try {
    const manifest = await getManifest(api, what, signal);
    return { object: manifest === null ? null : fromManifest(manifest), problem: null };
  } catch (error) {
    const isOfOne = error instanceof RecordError || (error instanceof ApiError && OF_ONE.includes(error.code));
    if (!isOfOne) throw error;
    return { object: null, problem: error.message };
  }
}
