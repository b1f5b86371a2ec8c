import { SystemError } from './errors.ts';
import { listMounts } from './mounts.ts';
import { type HostOptions, type HostSecretVolume, listHostSecretVolumes } from './mounts/host-volumes.ts';
import { surveySecretVolumes } from './mounts/secret-volumes.ts';
import type { VolumePath } from './mounts/volume-path.ts';
import { watchMounts } from './mounts/watch.ts';
import { checkWaitOptions } from './options.ts';
import { Process } from './process.ts';
import { Gathering, type VolumeNews } from './volumes/gathering.ts';
import { watchSecretVolume } from './watch.ts';

function identify({ podUid, kind, volume }: VolumePath): VolumePath {
  return { podUid, kind, volume };
}

async function* watchOfProcess(target: Process | number, options: HostOptions): AsyncGenerator<VolumeNews, void> {
  const gathering = new Gathering(options.signal);
  try {
    const { volumes, unmatched } = await surveySecretVolumes(target, options);
    const watch = (path: Buffer, identity: VolumePath | null): void =>
      gathering.add(path, identity, watchSecretVolume({ process: target, path }, options));
    for (const volume of volumes) if (volume.subPath === null) watch(volume.containerPath, identify(volume));
    for (const path of unmatched ?? []) watch(path, null);
    yield* gathering.news();
  } finally {
    await gathering.close();
  }
}

/**
 * Watches all secret volumes that a process has mounted when it begins, each as {@link watchSecretVolume} does. It ends when
 * the process does, or at once when there is none. A file mounted by subPath never changes and is left out.
 *
 * Errors: as {@link surveySecretVolumes}, at the first step. What keeps one volume from being watched is told of that one.
 */
export function watchSecretVolumesOf(
  target: Process | number,
  options: HostOptions = {},
): AsyncIterableIterator<VolumeNews> {
  checkWaitOptions(options);
  return watchOfProcess(target, options);
}

/** Whose mount table is the node's: this process's own, unless only process 1 has a volume of a pod in its. */
async function findHost(options: HostOptions): Promise<Process | number> {
  if (options.host !== undefined) return options.host;
  if ((await listHostSecretVolumes({ ...options, host: process.pid })).length > 0) return process.pid;
  try {
    return (await listHostSecretVolumes({ ...options, host: 1 })).length > 0 ? 1 : process.pid;
  } catch (error) {
    if (error instanceof SystemError) return process.pid;
    throw error;
  }
}

function addOfHost(gathering: Gathering, host: Process | number, volume: HostSecretVolume, options: HostOptions): void {
  const { hostPath } = volume;
  const target = host === process.pid ? hostPath : { process: host, path: hostPath };
  gathering.add(hostPath, identify(volume), watchSecretVolume(target, options));
}

async function* watchOfPod(podUid: string, options: HostOptions): AsyncGenerator<VolumeNews, void> {
  const gathering = new Gathering(options.signal);
  try {
    const host = await findHost(options);
    for (const volume of await listHostSecretVolumes({ ...options, host })) {
      if (volume.podUid === podUid) addOfHost(gathering, host, volume, options);
    }
    yield* gathering.news();
  } finally {
    await gathering.close();
  }
}

/**
 * Watches the secret volumes that a pod has when it begins, on the node's side, each as {@link watchSecretVolume} does. It ends
 * when they are gone, or at once when there is none.
 *
 * Errors: as {@link listHostSecretVolumes}, at the first step. What keeps one volume from being watched is told of that one.
 */
export function watchSecretVolumesOfPod(podUid: string, options: HostOptions = {}): AsyncIterableIterator<VolumeNews> {
  checkWaitOptions(options);
  return watchOfPod(podUid, options);
}

/** Adds what is new on the node, and lets go of what is no longer mounted. */
async function refresh(gathering: Gathering, host: Process | number, options: HostOptions): Promise<void> {
  const volumes = await listHostSecretVolumes({ ...options, host });
  for (const volume of volumes) if (!gathering.has(volume.hostPath)) addOfHost(gathering, host, volume, options);
  gathering.retain(volumes.map(({ hostPath }) => hostPath));
}

async function follow(
  gathering: Gathering,
  host: Process | number,
  options: HostOptions,
  until: AbortSignal,
): Promise<void> {
  try {
    for await (const { event } of watchMounts(host, { signal: until })) {
      if (event === 'gone') break;
      await refresh(gathering, host, options);
    }
    gathering.end();
  } catch (error) {
    if (!until.aborted) gathering.fail(error);
  }
}

async function* watchOfNode(options: HostOptions): AsyncGenerator<VolumeNews, void> {
  const ending = new AbortController();
  const gathering = new Gathering(options.signal, true);
  try {
    const host = await findHost(options);
    await listMounts(host, options);
    void follow(gathering, host, options, ending.signal);
    yield* gathering.news();
  } finally {
    ending.abort();
    await gathering.close();
  }
}

/**
 * Watches all secret volumes of the node, those that appear later included, each as {@link watchSecretVolume} does.
 *
 * Errors: as {@link listMounts}, of the node. What keeps one volume from being watched is told of that one.
 */
export function watchAllSecretVolumes(options: HostOptions = {}): AsyncIterableIterator<VolumeNews> {
  checkWaitOptions(options);
  return watchOfNode(options);
}
