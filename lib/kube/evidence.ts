import { type Bundle, findBundleIn } from './bundle.ts';
import type { CgroupLine } from './cgroup-file.ts';
import { type CgroupPath, parseCgroupPath } from './cgroup-path.ts';
import type { Claim } from './claims.ts';
import { type DockerRecord, readDockerRecord } from './docker-record.ts';
import type { Finding } from './finding.ts';
import type { Shim } from './shim.ts';
import type { StateDirectories } from './state-directories.ts';

/** What the host wrote of the container of a process. */
export interface HostEvidence {
  readonly claims: readonly Claim[];
  /** Null where there is none. */
  readonly bundle: Bundle | null;
  /** The bundle asks for the very group that the process is in. */
  readonly confirmed: boolean;
  readonly findings: readonly Finding[];
}

/** `kubepods-burstable.slice` is in `kubepods.slice`, by its name. */
function slicePath(slice: string): string {
  const words = slice.replace(/\.slice$/, '').split('-');
  return words.map((_, i) => `/${words.slice(0, i + 1).join('-')}.slice`).join('');
}

/**
 * The path of the group that a bundle asks for: as it is, or `slice:prefix:name` of systemd.
 *
 * Source: runc, libcontainer/specconv `CreateCgroupConfig`; systemd.slice(5).
 */
function plannedPath(cgroupsPath: string): string {
  const [slice = '', prefix, name] = cgroupsPath.split(':');
  return prefix === undefined || name === undefined ? cgroupsPath : `${slicePath(slice)}/${prefix}-${name}.scope`;
}

/** What the runtime was told to put the container into. */
function plannedPlace({ cgroupsPath }: Bundle): CgroupPath | null {
  return cgroupsPath === null ? null : parseCgroupPath(plannedPath(cgroupsPath));
}

function claimOfBundle(bundle: Bundle, containerId: string): Claim {
  const planned = plannedPlace(bundle);
  const { pod, runtime } = bundle;
  const ofPod = planned?.kind === 'pod' ? { staticPod: planned.staticPod, qosClass: planned.qosClass } : {};
  const podUid = pod.podUid ?? planned?.podUid ?? null;
  const sandboxId = pod.containerType === 'sandbox' ? containerId : pod.sandboxId;
  return { source: 'bundle', facts: { ...pod, ...ofPod, podUid, runtime, containerId, sandboxId } };
}

function claimOfDocker({ pod }: DockerRecord, containerId: string): Claim {
  const sandboxId = pod?.containerType === 'sandbox' ? containerId : (pod?.sandboxId ?? null);
  return { source: 'docker', facts: { ...(pod ?? {}), sandboxId, runtime: 'docker' } };
}

function claimOfShim({ runtimeNamespace, id }: Shim): Claim {
  if (runtimeNamespace === 'k8s.io') return { source: 'shim', facts: { runtime: 'containerd', sandboxId: id } };
  return { source: 'shim', facts: { runtime: runtimeNamespace === 'moby' ? 'docker' : 'containerd' } };
}

/** The group of the container itself, without what the container made below it. */
export function containerGroup({ path, place }: CgroupLine): string {
  const whole = path.replace(/ \(deleted\)$/, '');
  return whole.slice(0, whole.length - place.below.length);
}

/** What the control group says. */
export function claimOfCgroup({ podUid, staticPod, qosClass, containerId, runtime }: CgroupPath): Claim {
  return { source: 'cgroup', facts: { podUid, staticPod, qosClass, containerId, runtime } };
}

export const NO_EVIDENCE: HostEvidence = { claims: [], bundle: null, confirmed: false, findings: [] };

/** Where the bundle puts its container elsewhere than the process is. */
function findElsewhere(bundle: Bundle, { path, place }: CgroupLine): Finding[] {
  if (bundle.cgroupsPath === null || place.relative) return [];
  const message = `it puts the container into '${bundle.cgroupsPath}', but the process is in '${path}'`;
  return [{ code: 'bundle-elsewhere', message, path: bundle.path }];
}

/**
 * The bundle, docker's record and the shim of the container that a control group names; `findShim` finds the last for the
 * group of the container.
 */
export async function gatherHostEvidence(
  line: CgroupLine,
  findShim: (group: string) => Promise<Shim | null>,
  directories: StateDirectories,
): Promise<HostEvidence> {
  const { containerId } = line.place;
  // the files of a container that is itself in one are not the host's
  if (containerId === null || line.place.node !== null) return NO_EVIDENCE;
  const group = containerGroup(line);
  const shim = await findShim(group);
  const containerd = [...(shim?.stateDirectories ?? []), ...directories.containerd];
  const [{ bundle, findings }, docker] = await Promise.all([
    findBundleIn(containerId, { ...directories, containerd }),
    readDockerRecord(containerId, directories.docker),
  ]);
  const confirmed = bundle?.cgroupsPath != null && plannedPath(bundle.cgroupsPath) === group;
  return {
    claims: [
      ...(bundle === null ? [] : [claimOfBundle(bundle, containerId)]),
      ...(docker.exists ? [claimOfDocker(docker, containerId)] : []),
      ...(shim === null ? [] : [claimOfShim(shim)]),
    ],
    bundle,
    confirmed,
    findings: [...findings, ...docker.findings, ...(bundle === null || confirmed ? [] : findElsewhere(bundle, line))],
  };
}
