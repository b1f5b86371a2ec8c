import type { SecretVersion } from './known-secret.ts';

/**
 * Whether a version is of the history that etcd has kept, or the current one: whole, and followed by the next of them. Others
 * are what somebody remembers of a time before, and may lack keys.
 */
export function isOfHistory({ source, revision, current }: SecretVersion): boolean {
  return current || (source === 'etcd' && revision !== null);
}
