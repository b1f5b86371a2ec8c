import type { StoredObject } from '../../etcd/kubernetes/objects.ts';

/** Which object of a cluster. */
export interface ObjectName {
  /** Group and version. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object, null where there is none of that name; or why that is not known. */
export type ReadObject =
  | { readonly object: StoredObject | null; readonly problem: null }
  | { readonly object: null; readonly problem: string };

/** Reads one object. Throws only where no other could be read either. */
export type ObjectReader = (what: ObjectName) => Promise<ReadObject>;

/** Whether there can be an object of this name: a pod can name whatever it likes, and the name becomes a part of a path. */
export function isPossibleName(name: string): boolean {
  return /^[^/%\0]{1,253}$/.test(name) && name !== '.' && name !== '..';
}
