import type { Mount } from '../../mounts/table.ts';
import { parseSubPath } from '../../mounts/volume-path.ts';
import { isGone } from './gone.ts';
import { HeldFile } from './held-file.ts';
import type { NodeVolumes } from './node-volumes.ts';
import type { Matcher } from './matcher.ts';
import { nameOf, type Report } from './report.ts';

/** Of a process: what has more open was made for its reader. */
const MOST_HELD = 256;
/** A Secret has at most 1 MiB. */
export const MOST_BYTES = 2 ** 21;
/** As kubelet names what it writes: a time in UTC, to the second, and a random number. Bytes as latin1. */
const GENERATION = /\/\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d+(?:\/|$)/;

/** Whether a path looks as if it were of a secret volume; any can. */
export function looksWritten(path: string): boolean {
  return GENERATION.test(path);
}

/** A link of the kernel to a file that may be of a secret volume. */
export interface Link {
  /** Such as `/proc/4242/fd/7`. */
  readonly path: string;
  /** `fd/7`, or `map`. */
  readonly through: string;
}

/** What is needed to judge files of processes. */
export interface FileContext {
  readonly volumes: NodeVolumes;
  readonly matcher: Matcher;
}

/** The generation that a file is of, by the root of its mount and its path below the mount point. */
function generationIn({ root, mountPoint }: Mount, path: string): string | null {
  const point = mountPoint.toString('latin1');
  const below = path.startsWith(`${point}/`) ? path.slice(point.length) : '';
  const top = parseSubPath(root);
  return (top ?? parseSubPath(Buffer.from(below, 'latin1')))?.generation ?? null;
}

async function isRemoved(generation: string | null, deleted: boolean, mount: Mount, volumes: NodeVolumes) {
  if (deleted) return true;
  const host = volumes.at(mount.device);
  const current = host === undefined || generation === null ? null : await volumes.generationOf(host);
  return current === null ? null : current !== generation;
}

/** Finds the mounts of held files: those of the process, and of a file that was handed over from elsewhere, the node's. */
class Mounts {
  readonly #pid: number;
  readonly #volumes: NodeVolumes;
  readonly #tables: Promise<ReadonlyMap<number, Mount>>[] = [];

  constructor(pid: number, volumes: NodeVolumes) {
    this.#pid = pid;
    this.#volumes = volumes;
  }

  /** The tables are read when all files are held: an id is that of the mount that it was when the file was opened. */
  async find(id: number | null): Promise<Mount | null> {
    if (id === null) return null;
    const targets = [this.#pid, this.#volumes.view.process];
    for (const [i, target] of targets.entries()) {
      this.#tables[i] ??= this.#volumes.mountsOf(target);
      const mount = (await this.#tables[i]).get(id);
      if (mount !== undefined) return mount;
    }
    return null;
  }
}

interface HeldLink {
  readonly held: HeldFile;
  readonly through: string;
}

async function tellHeld({ held, through }: HeldLink, mounts: Mounts, context: FileContext, report: Report) {
  const { path, deleted } = held.place;
  const mount = await mounts.find(held.mountId);
  if (mount === null) {
    return report.leave('openFile', `${through} is of a mount that is not to be found, and may be of a secret volume`);
  }
  // whose tmpfs it is says the device alone; what only looks like a secret volume counts for its content, if at all
  if (mount.fsType !== 'tmpfs') return;
  const asked = context.volumes.at(mount.device) !== undefined;
  const content = await held.read(MOST_BYTES);
  if (content === null) return report.leave('openFile', `${through} is no regular file, or too large for a Secret`);
  const generation = asked ? generationIn(mount, path) : null;
  const removed = asked ? await isRemoved(generation, deleted, mount, context.volumes) : null;
  const name = nameOf(Buffer.from(path, 'latin1'));
  report.tell({ place: 'openFile', name, generation, removed, through, asked }, context.matcher.match(content));
  content.fill(0);
}

async function hold({ path, through }: Link, report: Report): Promise<HeldLink | null> {
  try {
    return { held: await HeldFile.hold(path), through };
  } catch (error) {
    // it has been closed or unmapped
    if (!isGone(error)) report.leave('openFile', (error as Error).message);
    return null;
  }
}

/**
 * Reads files that a process has open or mapped and that may be of a secret volume: each is held, then told by the mount through
 * which it was opened, and read only if that is of tmpfs. Its path proves nothing.
 */
export async function tellFiles(pid: number, links: readonly Link[], context: FileContext, report: Report) {
  if (links.length === 0) return;
  if (links.length > MOST_HELD) {
    report.leave('openFile', `it has more than ${MOST_HELD} files of volumes open; the others were not looked at`);
  }
  const files: HeldLink[] = [];
  try {
    for (const link of links.slice(0, MOST_HELD)) {
      const file = await hold(link, report);
      if (file !== null) files.push(file);
    }
    const mounts = new Mounts(pid, context.volumes);
    for (const file of files) await tellHeld(file, mounts, context, report);
  } finally {
    for (const { held } of files) await held[Symbol.asyncDispose]();
  }
}
