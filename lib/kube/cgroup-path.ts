import { POD_UID } from '../mounts/pod-path.ts';

/** Which program made a container. */
export type ContainerRuntime = 'containerd' | 'cri-o' | 'docker' | 'podman' | 'lxc' | 'systemd-nspawn';

/** How kubelet ranks a pod when memory is short. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** A container, as its control group names it. */
export interface CgroupContainer {
  /** 64 hexadecimal digits, or the name that its maker gave it. */
  readonly containerId: string;
  /** Null where the path does not tell: several runtimes name their groups by the id alone. */
  readonly runtime: ContainerRuntime | null;
  /** Not the container itself, but a program of the runtime that stands by it. */
  readonly helper: 'conmon' | null;
}

/** What the path of a control group says. */
export interface CgroupPath {
  /**
   * `pod`: of a pod of kubelet. `container`: of a container that is in no pod, as far as the path tells. `host`: of
   * neither. `unknown`: the path begins outside of what the reader sees, and what is left of it names neither.
   */
  readonly kind: 'pod' | 'container' | 'host' | 'unknown';
  /** Uid of the pod, with dashes where it has them. */
  readonly podUid: string | null;
  /** The uid is the hash of a manifest, as only static pods have it. */
  readonly staticPod: boolean | null;
  /** Null where the path does not tell. */
  readonly qosClass: QosClass | null;
  /** Id of the container; null in a pod's own group. */
  readonly containerId: string | null;
  /** Null where the path does not tell. */
  readonly runtime: ContainerRuntime | null;
  /** A program of the runtime that stands by the container: it is not of the container. */
  readonly helper: 'conmon' | null;
  /** What is below the group of the container (else of the pod): the container made it. Empty where nothing is. */
  readonly below: string;
  /** The pod is one of a node that itself is this container, which has named all that is below its own group. */
  readonly node: CgroupContainer | null;
  /**
   * The systemd unit that the pod or container is in, `user@1000.service`: systemd may have let its user name all groups
   * below (`Delegate=`). Null where only root can have named them, and for a process of the host.
   */
  readonly delegate: string | null;
  /** The systemd unit of a process of the host, `ssh.service`; null where there is none. */
  readonly unit: string | null;
  /** The path begins with `/..`: it was read in a control group namespace that does not hold it. */
  readonly relative: boolean;
}

const ID = '[0-9a-f]{64}';
const UID = POD_UID.replaceAll('-[', '[-_][');
const POD = new RegExp(`^(?:pod(${POD_UID})|(?:[^/]+-)?pod(${UID})\\.slice)$`);
const NAMED = new RegExp(`^(cri-containerd|nerdctl|crio|docker|libpod)-(?:(conmon)-|payload-)?(${ID})(?:\\.scope)?$`);
const BARE = new RegExp(`^${ID}$`);
const LXC = /^lxc\.payload\.([^/]+)$/;
const NSPAWN = /^systemd-nspawn@([^/]+)\.service$/;
const DELEGATE = /\.(?:service|scope)$/;
const UNIT = /\.(?:service|scope|slice|socket|mount|swap)$/;
/** Where containerd puts a container of no parent: `/<its namespace>/<any id>`. */
const CONTAINERD_NAMESPACES = ['k8s.io', 'default', 'moby'];
const RUNTIMES: Readonly<Record<string, ContainerRuntime>> = {
  'cri-containerd': 'containerd',
  nerdctl: 'containerd',
  crio: 'cri-o',
  docker: 'docker',
  libpod: 'podman',
};
/** Directories in which an id stands alone. */
const PARENTS: Readonly<Record<string, ContainerRuntime>> = {
  docker: 'docker',
  libpod_parent: 'podman',
  'k8s.io': 'containerd',
  default: 'containerd',
};

/** The longest that the kernel gives: PATH_MAX. */
const LONGEST = 4096;

function parseContainer(segments: readonly string[], at: number): CgroupContainer | null {
  const [before = '', segment = ''] = [segments[at - 1], segments[at]];
  const named = NAMED.exec(segment);
  if (named !== null) {
    const [, prefix = '', conmon, containerId = ''] = named;
    return { containerId, runtime: RUNTIMES[prefix] ?? null, helper: conmon === undefined ? null : 'conmon' };
  }
  if (BARE.test(segment)) return { containerId: segment, runtime: PARENTS[before] ?? null, helper: null };
  const lxc = before === 'lxc' && at === 1 ? segment : LXC.exec(segment)?.[1];
  if (lxc !== undefined) return { containerId: lxc, runtime: 'lxc', helper: null };
  const nspawn = NSPAWN.exec(segment)?.[1];
  if (nspawn !== undefined) return { containerId: nspawn, runtime: 'systemd-nspawn', helper: null };
  const ofContainerd = at === 1 && CONTAINERD_NAMESPACES.includes(before);
  return ofContainerd ? { containerId: segment, runtime: 'containerd', helper: null } : null;
}

function parsePod(segment: string): string | null {
  const match = POD.exec(segment);
  return match === null ? null : (match[1] ?? match[2] ?? '').replaceAll('_', '-');
}

/** By the parent, or by the name of the pod's own slice. */
function parseQosClass(parent: string | undefined, segment: string): QosClass | null {
  const slice = segment.endsWith('.slice') ? segment.slice(0, segment.lastIndexOf('-pod')) : parent;
  if (slice === undefined) return null;
  if (/(?:^|-)besteffort$/.test(slice)) return 'BestEffort';
  if (/(?:^|-)burstable$/.test(slice)) return 'Burstable';
  return /(?:^|-)kubepods$/.test(slice) ? 'Guaranteed' : null;
}

function findDelegate(segments: readonly string[]): string | null {
  return segments.find((segment) => DELEGATE.test(segment)) ?? null;
}

const NOTHING = { podUid: null, staticPod: null, qosClass: null, containerId: null, runtime: null, helper: null };

function join(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment}`).join('');
}

function parsePodAt(segments: readonly string[], at: number): Partial<CgroupPath> {
  const podUid = parsePod(segments[at] ?? '') ?? '';
  // who could make a group between the pod's and the container's is kubelet alone, and it does not
  const container = parseContainer(segments, at + 1);
  return {
    kind: 'pod',
    podUid,
    staticPod: !podUid.includes('-'),
    qosClass: parseQosClass(segments[at - 1], segments[at] ?? ''),
    ...(container ?? {}),
    below: join(segments.slice(at + (container === null ? 1 : 2))),
  };
}

/** Where the first pod is, and the first container that is of none. */
function findPlaces(segments: readonly string[]): { pod: number; container: number } {
  const pod = segments.findIndex((segment) => parsePod(segment) !== null);
  const before = pod < 0 ? segments : segments.slice(0, pod);
  return { pod, container: before.findIndex((_, i) => parseContainer(before, i) !== null) };
}

/**
 * Reads the path of a control group, as a line of `/proc/PID/cgroup` ends.
 *
 * What stands first in the path counts: a container can make groups below its own, and give them any name. Only a pod below
 * a container that is in no pod is told as a pod, with that container as its `node`: a node of kind or minikube looks so
 * from outside.
 *
 * Shape: `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid>.slice/cri-containerd-<id>.scope`,
 * `/kubepods/burstable/pod<uid>/<id>`, `/docker/<id>`, `/system.slice/ssh.service`, and those of the guide.
 * Gives null for what is no path of a control group.
 * Source: cgroups(7); kubernetes, pkg/kubelet/cm/cgroup_manager_linux.go; containerd, internal/cri/server/helpers.go
 * `getCgroupsPath`; cri-o, internal/config/cgmgr; podman, libpod/container_internal_linux.go.
 */
export function parseCgroupPath(path: string): CgroupPath | null {
  if (!path.startsWith('/') || path.length > LONGEST) return null;
  // the kernel adds it to a group that has been removed
  const all = path
    .replace(/ \(deleted\)$/, '')
    .split('/')
    .filter(Boolean);
  const first = all.findIndex((segment) => segment !== '..');
  const segments = first < 0 ? [] : all.slice(first);
  const relative = all[0] === '..';
  const { pod, container } = findPlaces(segments);
  const base = { ...NOTHING, below: '', node: null, delegate: null, unit: null, relative };
  const outer = container < 0 ? null : parseContainer(segments, container);
  if (pod >= 0) {
    const delegate = outer === null ? findDelegate(segments.slice(0, pod)) : null;
    return { ...base, kind: 'pod', ...parsePodAt(segments, pod), node: outer, delegate };
  }
  if (outer !== null) {
    const below = join(segments.slice(container + 1));
    const delegate = findDelegate(segments.slice(0, container));
    // the group above could be a pod's
    const kind = relative && container === 0 ? 'unknown' : 'container';
    return { ...base, kind, ...outer, below, delegate };
  }
  const unit = segments.findLast((segment) => UNIT.test(segment)) ?? null;
  return { ...base, kind: relative ? 'unknown' : 'host', unit };
}
