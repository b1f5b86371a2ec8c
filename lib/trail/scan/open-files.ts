import { readdirSync, readlinkSync } from 'node:fs';
import { parseSubPath } from '../../mounts/volume-path.ts';
import { unlessGone } from './gone.ts';
import type { NodeVolumes } from './node-volumes.ts';
import { readProcText } from './proc-text.ts';
import type { Report } from './report.ts';
import { type Link, looksWritten } from './volume-file.ts';

const MOST_DESCRIPTORS = 65_536;
const MOST_MAPS_BYTES = 2 ** 24;

/** What tells which files are worth a look; it is only for speed, and decides nothing. */
export class FileHints {
  readonly #volumes: NodeVolumes;
  readonly #byNamespace = new Map<string, Promise<ReadonlySet<string>>>();
  readonly #devices: ReadonlySet<string>;

  constructor(volumes: NodeVolumes) {
    this.#volumes = volumes;
    const hex = (number: number): string => number.toString(16).padStart(2, '0');
    const devices = [...volumes.view.byDevice.values()].map(({ mount }) => mount.device);
    this.#devices = new Set(devices.map(({ major, minor }) => `${hex(major)}:${hex(minor)}`));
  }

  /** Where the namespace of a process has files and directories of secret volumes by themselves: their path shows no generation. */
  async #subPathsOf(pid: number): Promise<ReadonlySet<string>> {
    if (this.#devices.size === 0) return new Set();
    const namespace = readlinkSync(`/proc/${pid}/ns/mnt`);
    const known = this.#byNamespace.get(namespace) ?? this.#readSubPaths(pid);
    this.#byNamespace.set(namespace, known);
    // another process of the namespace may do
    known.catch(() => this.#byNamespace.delete(namespace));
    return known;
  }

  async #readSubPaths(pid: number): Promise<ReadonlySet<string>> {
    const mounts = [...(await this.#volumes.mountsOf(pid)).values()];
    const ofVolumes = mounts.filter((mount) => this.#volumes.at(mount.device) !== undefined);
    const some = ofVolumes.filter(({ root }) => parseSubPath(root) !== null);
    return new Set(some.map(({ mountPoint }) => mountPoint.toString('latin1')));
  }

  /** Whether a path may be of a secret volume; for the processes of a namespace. */
  async ofPaths(pid: number): Promise<(path: string) => boolean> {
    const points = await this.#subPathsOf(pid);
    const isBelow = (path: string): boolean => {
      for (const point of points) if (path.startsWith(point)) return true;
      return false;
    };
    return (path) => looksWritten(path) || isBelow(path);
  }

  /** Whether a mapping, by its device in hexadecimal and its path, may be of one. */
  ofMapping(device: string, path: string): boolean {
    return this.#devices.has(device) || looksWritten(path);
  }
}

/** The open files of a process that may be of a secret volume. */
export async function listOpenFiles(pid: number, hints: FileHints, report: Report): Promise<Link[]> {
  const isWanted = await hints.ofPaths(pid);
  // of the kernel, and without a lock that the process could hold
  const names = readdirSync(`/proc/${pid}/fd`);
  if (names.length > MOST_DESCRIPTORS) {
    report.leave('openFile', `it has more than ${MOST_DESCRIPTORS} open files; the others were not looked at`);
  }
  return names.slice(0, MOST_DESCRIPTORS).flatMap((name) => {
    const path = `/proc/${pid}/fd/${name}`;
    const target = unlessGone(() => readlinkSync(path, 'latin1'));
    return target?.startsWith('/') === true && isWanted(target) ? [{ path, through: `fd/${name}` }] : [];
  });
}

/** Of a file system without a device of its own, as tmpfs is; proc_pid_maps(5). */
const MAPPING = /^0*([0-9a-f]+)-0*([0-9a-f]+) \S+ \S+ (00:[0-9a-f]+) (\d+) +(\/.*)$/gm;

/** The mapped files of a process that may be of a secret volume, each once. */
export function listMappedFiles(pid: number, hints: FileHints, report: Report): Link[] {
  const { text, truncated } = readProcText(`/proc/${pid}/maps`, MOST_MAPS_BYTES);
  if (truncated) report.leave('openFile', 'it has more mappings than are looked at');
  const byInode = new Map<string, Link>();
  for (const [, start, end, device = '', inode, path = ''] of text.matchAll(MAPPING)) {
    const key = `${device} ${inode}`;
    if (byInode.has(key) || !hints.ofMapping(device, path)) continue;
    byInode.set(key, { path: `/proc/${pid}/map_files/${start}-${end}`, through: 'map' });
  }
  return [...byInode.values()];
}
