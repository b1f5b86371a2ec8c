import type { Mount } from '../../lib/index.ts';

/** All fields of a mount, bytes as latin1. */
export function fieldsOf(mount: Mount) {
  return {
    mountId: mount.mountId,
    parentMountId: mount.parentMountId,
    device: `${mount.device.major}:${mount.device.minor}`,
    root: mount.root.toString('latin1'),
    mountPoint: mount.mountPoint.toString('latin1'),
    options: mount.options,
    optionalFields: mount.optionalFields,
    fsType: mount.fsType,
    source: mount.source.toString('latin1'),
    superOptions: mount.superOptions,
  };
}
