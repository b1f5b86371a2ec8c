import { FOLDERS } from './resource-places.ts';

/** What a key is of, by where it is. */
export interface EtcdResource {
  /** As kubectl names it: `secrets`, `crontabs.stable.example.com`; the first part of a key that is none of Kubernetes. */
  readonly name: string;
  /** What all its keys begin with. */
  readonly directory: string;
}

/** Directories that are not named after their resource; its group is not told here. */
const IRREGULAR: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(FOLDERS).map(([resource, folder]) => [folder, resource.replace(/\..*/, '')]),
);

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
  if (third !== undefined && Object.hasOwn(IRREGULAR, both))
    return { name: IRREGULAR[both] as string, directory: `/${prefix}/${both}/` };
  if (first.includes('.') && third !== undefined)
    return { name: `${second}.${first}`, directory: `/${prefix}/${both}/` };
  const name = Object.hasOwn(IRREGULAR, first) ? (IRREGULAR[first] as string) : first;
  return { name, directory: `/${prefix}/${first}/` };
}
