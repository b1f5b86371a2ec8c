import { RESOURCE_OF } from './resource-places.ts';

/** What a key is of, by where it is. */
export interface EtcdResource {
  /** As kubectl names it: `secrets`, `crontabs.stable.example.com`; the first part of a key that is none of Kubernetes. */
  readonly name: string;
  /** What all its keys begin with. */
  readonly directory: string;
}

/** The resource of a directory that is not named after it, without its group. */
function irregular(directory: string): string | undefined {
  return RESOURCE_OF.get(directory)?.replace(/\..*/, '');
}

/**
 * The resource of a key: `/registry/secrets/test/mysecret` is of `secrets`. The first part is the API server's
 * `--etcd-prefix`, and a directory with a dot is a group.
 *
 * Source: kubernetes, pkg/kubeapiserver/default_storage_factory_builder.go, SpecialDefaultResourcePrefixes.
 */
export function resourceOf(key: string): EtcdResource {
  const [empty = '', prefix = '', first = '', second = '', third] = key.split('/', 5);
  if (empty !== '') return { name: empty, directory: key.includes('/') ? `${empty}/` : empty };
  if (second === '') return { name: prefix, directory: first === '' ? `/${prefix}` : `/${prefix}/` };
  const both = `${first}/${second}`;
  const two = third === undefined ? undefined : irregular(both);
  if (two !== undefined) return { name: two, directory: `/${prefix}/${both}/` };
  if (first.includes('.') && third !== undefined)
    return { name: `${second}.${first}`, directory: `/${prefix}/${both}/` };
  return { name: irregular(first) ?? first, directory: `/${prefix}/${first}/` };
}
