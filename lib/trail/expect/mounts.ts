import type { ObjectUse, PodContainer, StoredPod } from '../../etcd/kubernetes/pod.ts';
import type { ExpectedMount } from '../expectation.ts';
import type { KnownSecret } from '../known-secret.ts';

function keysByPath(uses: readonly ObjectUse[], { versions }: KnownSecret): Map<string, string> {
  const chosen = uses.flatMap(({ keys, paths }) =>
    keys.map((key, index): [string, string] => [paths[index] ?? key, key]),
  );
  const hasAll = uses.some(({ keys }) => keys.length === 0);
  const all = hasAll ? versions.flatMap(({ data }) => [...data.keys()]) : [];
  return new Map([...all.map((key): [string, string] => [key, key]), ...chosen]);
}

/**
 * The mounts of a container in which the Secret is: of `secret` volumes and of projected ones, with `items` or all keys.
 *
 * Source: kubernetes, MakePayload of pkg/volume/secret/secret.go, collectData of pkg/volume/projected/projected.go.
 */
export function expectMounts({ mounts }: PodContainer, { volumes }: StoredPod, known: KnownSecret): ExpectedMount[] {
  return mounts.flatMap(({ volume, mountPath, subPath }) => {
    const from = volumes.find(({ name }) => name === volume)?.from ?? [];
    const uses = from.filter(({ of, name }) => of === 'secret' && name === known.name);
    if (uses.length === 0) return [];
    const whole = from.length === 1 && uses.every(({ keys }) => keys.length === 0);
    return [{ volume, mountPath, subPath, keys: keysByPath(uses, known), whole }];
  });
}
