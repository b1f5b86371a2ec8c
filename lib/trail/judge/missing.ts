import type { Finding } from '../../kube/finding.ts';
import { MOST_VERSIONS } from '../expect/variables.ts';
import type { ExpectedContainer } from '../expectation.ts';
import type { KnownSecret } from '../known-secret.ts';
import type { Scan, ScannedContainer } from '../sighting.ts';
import type { Owners } from './owners.ts';

function nameOf({ namespace, pod, container }: ExpectedContainer): string {
  return `${namespace}/${pod}, container ${container}`;
}

function missingMounts(expected: ExpectedContainer, { files, unread }: ScannedContainer): Finding[] {
  const isUnread = unread.some(({ place }) => place === 'volume' || place === 'subPath');
  const seen = new Set(files.map(({ volume }) => volume));
  const missing = isUnread ? [] : expected.mounts.filter(({ volume, keys }) => keys.size > 0 && !seen.has(volume));
  return missing.map(({ volume, mountPath }) => ({
    code: 'volume-not-seen',
    message: `${nameOf(expected)}: the pod mounts the Secret at ${mountPath} by its volume ${volume}, of which no file was seen`,
  }));
}

/** Containers and volumes that should have the Secret, and were not seen on this node. */
export function findMissing(
  known: KnownSecret,
  expected: readonly ExpectedContainer[],
  { containers }: Scan,
  owners: Owners,
): Finding[] {
  const scanned = new Map(containers.map((one) => [one.containerId, one]));
  const seen = new Set([...owners.expected].flatMap(([id, one]) => (scanned.has(id) ? [one] : [])));
  const gone = expected
    .filter((one) => one.startedAt !== null && !seen.has(one))
    .map((one) => ({
      code: 'container-not-seen',
      message: `${nameOf(one)}: it runs by its pod's status, and was not seen`,
    }));
  const mounts = [...owners.expected].flatMap(([id, one]) => {
    const container = scanned.get(id);
    return container === undefined ? [] : missingMounts(one, container);
  });
  const count = known.versions.length;
  const cut = count > MOST_VERSIONS && {
    code: 'versions-cut',
    message: `of ${count} versions of the Secret the newest ${MOST_VERSIONS} were compared with what variables are made of`,
  };
  return [...gone, ...mounts, ...(cut ? [cut] : [])];
}
