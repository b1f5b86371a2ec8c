import { parsePodPath } from './pod-path.ts';

/** How a pod gets its values: from one Secret, or from several sources, Secrets among them. */
export type VolumeKind = 'secret' | 'projected';

/** What kubelet's path of a volume says. */
export interface VolumePath {
  /** What it holds. */
  readonly kind: VolumeKind;
  /** Name of the volume in the pod. */
  readonly volume: string;
  /** Uid of the pod. */
  readonly podUid: string;
}

const BELOW = /^volumes\/kubernetes\.io~(secret|projected)\/([^/]+)$/s;

/** Reads `<root of kubelet>/pods/<uid>/volumes/kubernetes.io~{secret,projected}/<name>`; null for any other path. */
export function parseVolumePath(path: Buffer): VolumePath | null {
  const pod = parsePodPath(path);
  const match = pod && BELOW.exec(pod.below);
  if (!match) return null;
  const [, kind, volume = ''] = match;
  return { kind: kind as VolumeKind, volume, podUid: pod.podUid };
}

/** What the root of a mount says of a subPath. */
export interface SubPath {
  /** The path below the generation, or the whole root where there is none. */
  readonly path: Buffer;
  /** The generation that is mounted; null when the root names none. */
  readonly generation: string | null;
  /** It was unlinked after it had been mounted. */
  readonly deleted: boolean;
}

const DELETED = Buffer.from('//deleted');
const SLASH = 0x2f;

/**
 * Reads the root of a mount of a volume's file system; null for `/`, the whole volume.
 *
 * Shape: `/..2026_11_23_06_45_21.1923261846/caz//deleted`.
 */
export function parseSubPath(root: Buffer): SubPath | null {
  const deleted = root.subarray(-DELETED.length).equals(DELETED);
  const path = deleted ? root.subarray(0, -DELETED.length) : root;
  if (path.length <= 1) return deleted ? { path, generation: null, deleted } : null;
  const below = path.subarray(1);
  const slash = below.indexOf(SLASH);
  const first = slash < 0 ? below : below.subarray(0, slash);
  if (!first.toString('latin1').startsWith('..')) return { path: below, generation: null, deleted };
  return { path: slash < 0 ? Buffer.alloc(0) : below.subarray(slash + 1), generation: first.toString(), deleted };
}
