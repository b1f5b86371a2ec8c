import type { SecretVolume, SecretVolumeSurvey } from '../mounts/secret-volumes.ts';
import type { Mount, MountTable } from '../mounts/table.ts';
import { bytesDocument, nameDocument } from './entry.ts';

function mountDocument(mount: Mount): object {
  return {
    mountId: mount.mountId,
    parentMountId: mount.parentMountId,
    device: `${mount.device.major}:${mount.device.minor}`,
    ...bytesDocument('root', mount.root),
    ...bytesDocument('mountPoint', mount.mountPoint),
    options: mount.options,
    optionalFields: mount.optionalFields,
    fsType: mount.fsType,
    ...bytesDocument('source', mount.source),
    superOptions: mount.superOptions,
  };
}

function volumeDocument(volume: SecretVolume): object {
  return {
    kind: volume.kind,
    volume: volume.volume,
    podUid: volume.podUid,
    ...bytesDocument('containerPath', volume.containerPath),
    ...bytesDocument('hostPath', volume.hostPath),
    container: volume.container,
    host: volume.host,
    generation: volume.generation,
    keys: volume.keys?.map(nameDocument) ?? null,
    ...bytesDocument('subPath', volume.subPath),
    subPathGeneration: volume.subPathGeneration,
    stale: volume.stale,
    noswap: volume.noswap,
  };
}

/** The document of `podprobe mounts --json`: docs/schema/mounts.schema.json. */
export function mountsDocument(pid: number, table: MountTable, survey: SecretVolumeSurvey): object {
  return {
    schema: 'podprobe/mounts/v1',
    process: { pid },
    source: table.source,
    malformed: table.malformed,
    truncated: table.truncated,
    mounts: table.mounts.map(mountDocument),
    secretVolumes: survey.volumes.map(volumeDocument),
    unmatched: survey.unmatched?.map((path) => bytesDocument('mountPoint', path)) ?? null,
    swapOn: survey.swapOn,
  };
}
