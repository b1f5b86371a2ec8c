import { readFileSync } from 'node:fs';
import { listMounts } from '../mounts.ts';
import type { NativeVolumeLook } from '../native.ts';
import { checkWaitOptions, type WaitOptions } from '../options.ts';
import type { Process } from '../process.ts';
import {
  deviceKey,
  hasNoswap,
  type HostMount,
  type HostOptions,
  type HostView,
  lookAt,
  readHostView,
} from './host-volumes.ts';
import type { Mount } from './table.ts';
import { parseSubPath, type SubPath, type VolumeKind } from './volume-path.ts';

/** One of the two sides of a volume. */
export interface VolumeView {
  /** By the options of the mount; the file system itself is writable. */
  readonly readOnly: boolean;
}

/** A mount of a secret volume in a container, with the node's side of it. */
export interface SecretVolume {
  /** Of one Secret, or projected from several sources. */
  readonly kind: VolumeKind;
  /** Name of the volume in the pod. */
  readonly volume: string;
  /** Uid of the pod, as kubelet's path has it. */
  readonly podUid: string;
  /** Where the container has it. */
  readonly containerPath: Buffer;
  /** Where kubelet writes it. */
  readonly hostPath: Buffer;
  /** The container's side. */
  readonly container: VolumeView;
  /** The node's side. */
  readonly host: VolumeView;
  /** What `..data` leads to now, the name of the volume's generation; null when there is none, or it may not be read. */
  readonly generation: string | null;
  /** Visible names in the volume; null when it may not be read. */
  readonly keys: readonly Buffer[] | null;
  /** The path in the volume that is mounted by subPath; null when all of it is. */
  readonly subPath: Buffer | null;
  /** The generation that a subPath is of. */
  readonly subPathGeneration: string | null;
  /**
   * A subPath never follows an update. True: what is mounted has been unlinked, or is of a generation other than the
   * current one. Null: not known.
   */
  readonly stale: boolean | null;
  /** The pages of its file system are never written to swap. */
  readonly noswap: boolean;
  /** The container's mount, and the node's. */
  readonly mounts: {
    /** The container's. */
    readonly container: Mount;
    /** The node's. */
    readonly host: Mount;
  };
}

/** The secret volumes that a process sees, and what may be one. */
export interface SecretVolumeSurvey {
  /** Those that share a file system with a mount of the node. */
  readonly volumes: readonly SecretVolume[];
  /**
   * Mount points of tmpfs that look like one from inside, with a link `..data`, of which no node's mount is known. Null:
   * the process's root directory may not be looked into.
   */
  readonly unmatched: readonly Buffer[] | null;
  /** Whether this node has swap on; null when that may not be read. */
  readonly swapOn: boolean | null;
}

function readSwapOn(): boolean | null {
  try {
    return readFileSync('/proc/swaps', 'latin1').trim().split('\n').length > 1;
  } catch {
    return null;
  }
}

function isStale(subPath: SubPath | null, current: string | null): boolean | null {
  if (subPath === null) return false;
  if (subPath.deleted) return true;
  if (subPath.generation === null || current === null) return null;
  return subPath.generation !== current;
}

function toVolume(mount: Mount, host: HostMount, look: NativeVolumeLook | null | undefined): SecretVolume {
  const subPath = parseSubPath(mount.root);
  const generation = look?.generation?.toString() ?? null;
  return {
    kind: host.kind,
    volume: host.volume,
    podUid: host.podUid,
    containerPath: mount.mountPoint,
    hostPath: host.mount.mountPoint,
    container: { readOnly: mount.readOnly },
    host: { readOnly: host.mount.readOnly },
    generation,
    keys: look?.keys ?? null,
    subPath: subPath?.path ?? null,
    subPathGeneration: subPath?.generation ?? null,
    stale: isStale(subPath, generation),
    noswap: hasNoswap(mount),
    mounts: { container: mount, host: host.mount },
  };
}

/** What is known of the volumes: through the node's path, else through the container's own. */
async function lookAtBoth(
  target: Process | number,
  pairs: readonly { mount: Mount; host: HostMount }[],
  view: HostView,
  options: WaitOptions,
): Promise<Map<string, NativeVolumeLook>> {
  const looks = new Map<string, NativeVolumeLook>();
  const look = async (through: Process | number, mounts: readonly Mount[]): Promise<void> => {
    const found = await lookAt(through, mounts, options);
    mounts.forEach(({ device }, i) => {
      const one = found?.[i];
      if (one) looks.set(deviceKey(device), one);
    });
  };
  await look(view.process, [...new Set(pairs.map(({ host }) => host.mount))]);
  const left = pairs.filter(({ mount }) => !looks.has(deviceKey(mount.device)) && parseSubPath(mount.root) === null);
  await look(
    target,
    left.map(({ mount }) => mount),
  );
  return looks;
}

/** Whoever made the container chose these mounts: one that keeps its reader waiting leaves the others unknown, too. */
async function findUnmatched(
  target: Process | number,
  mounts: readonly Mount[],
  options: WaitOptions,
): Promise<Buffer[] | null> {
  const looks = await lookAt(target, mounts, options, false);
  if (looks === null) return null;
  return mounts.filter((_, i) => looks[i] != null && looks[i].generation !== null).map(({ mountPoint }) => mountPoint);
}

/**
 * Finds the secret volumes that a process sees, as {@link listSecretVolumes} does, and what only looks like one.
 *
 * Errors: as {@link listMounts}, of the target and of the host.
 */
export async function surveySecretVolumes(
  target: Process | number,
  options: HostOptions = {},
): Promise<SecretVolumeSurvey> {
  checkWaitOptions(options);
  const table = await listMounts(target, options);
  const view = await readHostView(options);
  const shared = table.mounts.filter(({ fsType }) => fsType === 'tmpfs');
  const pairs = shared.flatMap((mount) => {
    const host = view.byDevice.get(deviceKey(mount.device));
    return host === undefined ? [] : [{ mount, host }];
  });
  const others = shared.filter((mount) => !view.byDevice.has(deviceKey(mount.device)));
  const looks = await lookAtBoth(target, pairs, view, options);
  return {
    volumes: pairs.map(({ mount, host }) => toVolume(mount, host, looks.get(deviceKey(mount.device)))),
    unmatched: await findUnmatched(target, others, options),
    swapOn: readSwapOn(),
  };
}

/**
 * Lists the mounts of secret volumes that a process sees, subPath mounts included, each with the node's side of it.
 *
 * A volume is recognised by the file system that it shares with a mount of the node at
 * `<any root>/pods/<uid>/volumes/kubernetes.io~{secret,projected}/<name>`; what matches no such mount is left out.
 *
 * Errors: as {@link listMounts}, of the target and of the host. What of a volume may not be read is null.
 * Race: the container's table is read before the node's volumes, so that an update in between makes a subPath stale.
 */
export async function listSecretVolumes(
  target: Process | number,
  options: HostOptions = {},
): Promise<readonly SecretVolume[]> {
  return (await surveySecretVolumes(target, options)).volumes;
}
