/** What a path below kubelet's directory of a pod says. */
export interface PodPath {
  /** Root directory of kubelet; empty for the root of the file system. */
  readonly root: string;
  /** Uid of the pod. */
  readonly podUid: string;
  /** What follows the directory of the pod, without a slash in front. */
  readonly below: string;
}

/**
 * Uid of a pod: what the API server draws, or the hash of a static pod's manifest.
 *
 * Source: kubernetes, pkg/kubelet/config/common.go `applyDefaults`.
 */
export const POD_UID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}';

const PATH = new RegExp(`^(.*?)/pods/(${POD_UID})/(.+)$`, 's');

/**
 * Reads `<root of kubelet>/pods/<uid>/<below>`; null for any other path.
 *
 * The first directory of a pod counts: what is below it, as in an emptyDir, can be named by whoever wrote the pod.
 */
export function parsePodPath(path: Buffer): PodPath | null {
  const match = PATH.exec(path.toString());
  if (match === null) return null;
  const [, root = '', podUid = '', below = ''] = match;
  return { root, podUid, below };
}
