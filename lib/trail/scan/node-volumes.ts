import { SystemError } from '../../errors.ts';
import type { Finding } from '../../kube/finding.ts';
import { listMounts } from '../../mounts.ts';
import { deviceKey, type HostMount, type HostOptions, type HostView, readHostView } from '../../mounts/host-volumes.ts';
import type { DeviceNumber, Mount } from '../../mounts/table.ts';
import type { WaitOptions } from '../../options.ts';
import type { Process } from '../../process.ts';
import { readlinkIn } from '../../rootfs.ts';

/** The node's secret volumes, and who sees them: how a file is told to be of one. */
export class NodeVolumes {
  readonly view: HostView;
  readonly findings: readonly Finding[];
  readonly #options: WaitOptions;

  private constructor(view: HostView, findings: readonly Finding[], options: WaitOptions) {
    this.view = view;
    this.findings = findings;
    this.#options = options;
  }

  /** Where the node's mounts cannot be read no volume is known, and a finding says so. */
  static async read(options: HostOptions): Promise<NodeVolumes> {
    try {
      return new NodeVolumes(await readHostView(options), [], options);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      const message = `the secret volumes of this node are not known: ${error.message}`;
      const nothing = { process: process.pid, byDevice: new Map<string, HostMount>() };
      return new NodeVolumes(nothing, [{ code: 'unreadable-mounts', message }], options);
    }
  }

  /** The node's mount of the secret volume whose files are on such a device. */
  at(device: DeviceNumber): HostMount | undefined {
    return this.view.byDevice.get(deviceKey(device));
  }

  /** What `..data` leads to now; null where that is not known. */
  async generationOf({ mount }: HostMount): Promise<string | null> {
    const path = Buffer.concat([mount.mountPoint, Buffer.from('/..data')]);
    try {
      return (await readlinkIn(this.view.process, path, this.#options)).toString();
    } catch (error) {
      if (error instanceof SystemError) return null;
      throw error;
    }
  }

  /** The mounts that a process sees, by their ids, which the kernel tells of open files. */
  async mountsOf(target: Process | number): Promise<Map<number, Mount>> {
    const { mounts } = await listMounts(target, this.#options);
    return new Map(mounts.map((mount) => [mount.mountId, mount]));
  }
}
