import { parsePodPath } from '../mounts/pod-path.ts';
import type { Mount, MountTable } from '../mounts/table.ts';

/** What the roots of a process's mounts say of its pod and container. */
export interface MountHints {
  /** Uids of the pods whose files are mounted in it; usually one. */
  readonly podUids: readonly string[];
  /** Names of the containers whose termination log is mounted in it. */
  readonly containerNames: readonly string[];
  /** Ids of the sandboxes whose `hostname`, `resolv.conf` or `shm` is mounted in it. */
  readonly sandboxIds: readonly string[];
}

const TERMINATION_LOG = /^containers\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/[0-9a-f]{8}$/;
const OWN_FILE = /^(?:etc-hosts|volumes\/|volume-subpaths\/|containers\/)/;
const SANDBOX =
  /\/(?:io\.containerd\.grpc\.v1\.cri\/sandboxes\/([0-9a-f]{64})|[a-z]+-containers\/([0-9a-f]{64})\/userdata)\/(?:hostname|resolv\.conf|shm)$/;

/** Pod, container or sandbox by one root. */
function readRoot({ root }: Mount): { podUid?: string; name?: string | undefined; sandboxId?: string } {
  const pod = parsePodPath(root);
  if (pod !== null) {
    if (!OWN_FILE.test(pod.below)) return {};
    return { podUid: pod.podUid, name: TERMINATION_LOG.exec(pod.below)?.[1] };
  }
  const match = SANDBOX.exec(root.toString('latin1'));
  return match === null ? {} : { sandboxId: match[1] ?? match[2] ?? '' };
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

/**
 * Reads what the mounts of a process say of its pod: kubelet binds `etc-hosts` and the termination log of each container,
 * the runtime `hostname` and `resolv.conf` of the sandbox.
 *
 * A root is a path in its file system, so only its end is compared. Whoever may mount in the container (`CAP_SYS_ADMIN`)
 * can make any root appear: these are hints, and never outweigh what the host wrote.
 *
 * Shape: `/var/lib/kubelet/pods/<uid>/etc-hosts`, `…/pods/<uid>/containers/<name>/<8 hex>`,
 * `…/io.containerd.grpc.v1.cri/sandboxes/<id>/hostname`, `…/overlay-containers/<id>/userdata/hostname`.
 * Source: kubernetes, pkg/kubelet/kubelet_pods.go `makeMounts`, `makeHostsMount`, pkg/kubelet/kuberuntime
 * `makeMounts`; containerd, internal/cri/server/helpers.go `getSandboxRootDir`.
 */
export function readMountHints(table: MountTable): MountHints {
  const found = table.mounts.map(readRoot);
  return {
    podUids: distinct(found.map(({ podUid }) => podUid)),
    containerNames: distinct(found.map(({ name }) => name)),
    sandboxIds: distinct(found.map(({ sandboxId }) => sandboxId)),
  };
}
