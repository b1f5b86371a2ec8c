import { UsageError } from '../errors.ts';
import { FOLDERS, GROUP_OF, RESOURCE_OF } from './resource-places.ts';

/** Where kube-apiserver keeps an object: a key of etcd, taken apart. */
export interface StorageKey {
  /** Such as `/registry/`. */
  readonly prefix: string;
  /** As a resource is named in an EncryptionConfiguration: `secrets`, `deployments.apps`. */
  readonly resource: string;
  /** Null of what is in none. */
  readonly namespace: string | null;
  /** Of the object. */
  readonly name: string;
}

/** Kubernetes' own, and the two of OpenShift. */
export const USUAL_PREFIXES: readonly string[] = ['/registry/', '/kubernetes.io/', '/openshift.io/'];

/** As kube-apiserver makes it of `--etcd-prefix`: one slash at either end. */
export function toStoragePrefix(text: string): string {
  const bare = text.replace(/^\/+|\/+$/g, '');
  return bare === '' ? '/' : `/${bare}/`;
}

function isBuiltIn(resource: string, group: string): boolean {
  return GROUP_OF.get(resource) === group;
}

/** Folders of resources: those of Kubernetes itself are without their group. */
function folderOf(resource: string): string {
  if (Object.hasOwn(FOLDERS, resource)) return FOLDERS[resource] as string;
  const dot = resource.indexOf('.');
  if (dot < 0) return resource;
  const [name, group] = [resource.slice(0, dot), resource.slice(dot + 1)];
  return isBuiltIn(name, group) ? name : `${group}/${name}`;
}

/** Splits off the folder: of two words where the first is a group, which has a dot, or an irregular one has two. */
function splitFolder(parts: readonly string[]): { resource: string; rest: readonly string[] } {
  const [first = '', second = ''] = parts;
  const two = RESOURCE_OF.get(`${first}/${second}`);
  if (two !== undefined) return { resource: two, rest: parts.slice(2) };
  if (first.includes('.')) return { resource: `${second}.${first}`, rest: parts.slice(2) };
  const group = GROUP_OF.get(first);
  return {
    resource: RESOURCE_OF.get(first) ?? (group === undefined ? first : `${first}.${group}`),
    rest: parts.slice(1),
  };
}

/**
 * Takes a key of etcd apart; null where it is none of a stored object.
 *
 * Shape: `/registry/secrets/test/mysecret`, `/registry/services/specs/default/kubernetes`, and with a group
 * `/registry/example.com/widgets/test/one`. Source: kubernetes, apiserver/pkg/registry/generic/registry/store.go; a custom
 * resource that has the name of one of Kubernetes' own differs by the group in its key.
 */
export function parseStorageKey(
  key: string | Uint8Array,
  prefixes: readonly string[] = USUAL_PREFIXES,
): StorageKey | null {
  const text = typeof key === 'string' ? key : Buffer.from(key).toString();
  const prefix = prefixes.find((one) => text.startsWith(one));
  if (prefix === undefined) return null;
  const parts = text.slice(prefix.length).split('/');
  const { resource, rest } = splitFolder(parts);
  const [first, second, ...more] = rest;
  if (first === undefined || more.length > 0 || parts.includes('')) return null;
  return second === undefined
    ? { prefix, resource, namespace: null, name: first }
    : { prefix, resource, namespace: first, name: second };
}

function checkWord(option: string, word: string): void {
  if (!/^[^/\0]{1,253}$/.test(word)) throw new UsageError(option, 'must be 1 to 253 characters, and without a slash');
}

/** The key of an object. */
export function toStorageKey({ prefix, resource, namespace, name }: StorageKey): string {
  checkWord('resource', resource);
  checkWord('name', name);
  if (namespace !== null) checkWord('namespace', namespace);
  const path = namespace === null ? name : `${namespace}/${name}`;
  return `${prefix}${folderOf(resource)}/${path}`;
}
