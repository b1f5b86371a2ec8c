import { SystemError, UsageError } from '../errors.ts';
import { listMounts } from '../mounts.ts';
import { addon, type NativeVolumeLook, type NativeVolumePlace } from '../native.ts';
import { checkWaitOptions, type WaitOptions } from '../options.ts';
import { checkPid, Process, transact } from '../process.ts';
import type { DeviceNumber, Mount } from './table.ts';
import { parseVolumePath, type VolumeKind, type VolumePath } from './volume-path.ts';

/** Where to look for the node's side of secret volumes. */
export interface HostOptions extends WaitOptions {
  /**
   * A process whose mount table is the node's, such as a kubelet with a mount namespace of its own. Default: this process,
   * or process 1 when this one's table has no volume of a pod.
   */
  readonly host?: Process | number;
}

/** A secret volume of the node, as kubelet has it. */
export interface HostSecretVolume {
  /** Of one Secret, or projected from several sources. */
  readonly kind: VolumeKind;
  /** Name of the volume in the pod. */
  readonly volume: string;
  /** Uid of the pod, as kubelet's path has it. */
  readonly podUid: string;
  /** Where kubelet writes it. */
  readonly hostPath: Buffer;
  /** Device of its file system. */
  readonly device: DeviceNumber;
  /** Whether the node's own mount is read-only; kubelet's is not. */
  readonly readOnly: boolean;
  /** What `..data` leads to, the name of the generation; null when there is none, or it may not be read. */
  readonly generation: string | null;
  /** Visible names in it; null when it may not be read. */
  readonly keys: readonly Buffer[] | null;
  /** Its pages are never written to swap. */
  readonly noswap: boolean;
}

/** The node's mount of a volume. */
export interface HostMount extends VolumePath {
  readonly mount: Mount;
}

/** The node's mounts of volumes, by device, and the process through which they are reached. */
export interface HostView {
  readonly process: Process | number;
  readonly byDevice: ReadonlyMap<string, HostMount>;
}

/** Devices as keys. */
export function deviceKey({ major, minor }: DeviceNumber): string {
  return `${major}:${minor}`;
}

/** Whether a file system is a tmpfs whose pages stay out of swap. */
export function hasNoswap(mount: Mount): boolean {
  return mount.superOptions.split(',').includes('noswap');
}

function checkHost(host: unknown): Process | number {
  if (host instanceof Process) return host;
  if (typeof host !== 'number') throw new UsageError('host', 'must be a Process or a process id');
  return checkPid(host);
}

/** A volume that is mounted more than once, as a bind of kubelet's whole root does, counts by its shortest path. */
function addVolume(byDevice: Map<string, HostMount>, mount: Mount): void {
  const place = mount.fsType === 'tmpfs' ? parseVolumePath(mount.mountPoint) : null;
  if (place === null) return;
  const key = deviceKey(mount.device);
  const known = byDevice.get(key);
  if (known === undefined || mount.mountPoint.length < known.mount.mountPoint.length)
    byDevice.set(key, { ...place, mount });
}

async function viewOf(process: Process | number, options: WaitOptions): Promise<HostView> {
  const byDevice = new Map<string, HostMount>();
  for (const mount of (await listMounts(process, options)).mounts) addVolume(byDevice, mount);
  return { process, byDevice };
}

/** The node's side: that of the process given, else of this one, else of process 1. */
export async function readHostView(options: HostOptions): Promise<HostView> {
  if (options.host !== undefined) return viewOf(checkHost(options.host), options);
  const own = await viewOf(process.pid, options);
  if (own.byDevice.size > 0) return own;
  const first = await viewOf(1, options).catch((error: unknown) => {
    if (error instanceof SystemError) return own;
    throw error;
  });
  return first.byDevice.size > 0 ? first : own;
}

/** Looks at places in the root of a process, and at their keys unless told otherwise; null for each that it may not look at, and when it may not look at any. */
export async function lookAt(
  target: Process | number,
  mounts: readonly Mount[],
  options: WaitOptions,
  keys = true,
): Promise<readonly (NativeVolumeLook | null)[] | null> {
  if (mounts.length === 0) return [];
  const timeout = checkWaitOptions(options);
  const places = mounts.map(({ mountPoint, device }): NativeVolumePlace => [mountPoint, device.major, device.minor]);
  try {
    return await transact(target, options.signal, (id, one) => addon.lookAtVolumes(id, one, places, timeout, keys));
  } catch (error) {
    if (error instanceof SystemError) return null;
    throw error;
  }
}

/**
 * Lists the secret volumes of the node: the tmpfs that kubelet mounts for Secret and projected volumes, whatever its root
 * directory.
 *
 * Errors: as {@link listMounts}, of the host. What of a volume may not be read is null.
 */
export async function listHostSecretVolumes(options: HostOptions = {}): Promise<HostSecretVolume[]> {
  checkWaitOptions(options);
  const view = await readHostView(options);
  const volumes = [...view.byDevice.values()];
  const looks = await lookAt(
    view.process,
    volumes.map(({ mount }) => mount),
    options,
  );
  return volumes.map(({ kind, volume, podUid, mount }, i) => ({
    kind,
    volume,
    podUid,
    hostPath: mount.mountPoint,
    device: mount.device,
    readOnly: mount.readOnly,
    generation: looks?.[i]?.generation?.toString() ?? null,
    keys: looks?.[i]?.keys ?? null,
    noswap: hasNoswap(mount),
  }));
}
