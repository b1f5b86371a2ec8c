import { readlinkSync, statSync } from 'node:fs';
import { SystemError } from '../errors.ts';
import { listMounts } from '../mounts.ts';
import { deviceOf, type Mount } from '../mounts/table.ts';
import type { WaitOptions } from '../options.ts';
import { readlinkIn, statIn } from '../rootfs.ts';

/** A /proc that is mounted where a process can name it. */
export interface ProcMount {
  /** Where, as the process sees it. */
  readonly path: Buffer;
  /** Number of the pid namespace whose processes it shows; null where that may not be seen. */
  readonly pidNamespace: number | null;
}

const MOST_MOUNTS = 16;
const NAMESPACE = /^pid:\[([0-9]{1,10})\]$/;
/** Of a mount that another hides, or whose pid namespace is gone. */
const HIDDEN = ['ENOENT', 'ENOTDIR', 'ESRCH', 'ELOOP'];

function isWhole({ fsType, root }: Mount): boolean {
  return fsType === 'proc' && root.toString('latin1') === '/';
}

/** The file system that a path of the process is on, the last link not followed. */
async function deviceIn(pid: number, path: Buffer, options: WaitOptions): Promise<bigint> {
  return (await statIn(pid, path, { ...options, followLinks: false })).device;
}

/** The pid namespace of a process of a /proc; null where its container shows something else instead, or it may not be seen. */
async function namespaceOf(pid: number, mount: Mount, one: number, options: WaitOptions): Promise<number | null> {
  const link = Buffer.concat([mount.mountPoint, Buffer.from(`/${one}/ns/pid`)]);
  try {
    if ((await deviceIn(pid, link, options)) !== deviceOf(mount.device)) return null;
    const [, number] = NAMESPACE.exec((await readlinkIn(pid, link, options)).toString('latin1')) ?? [];
    return number === undefined ? null : Number(number);
  } catch (error) {
    if (error instanceof SystemError && !HIDDEN.includes(error.code)) return null;
    throw error;
  }
}

async function look(pid: number, mount: Mount, own: OwnProc | null, options: WaitOptions): Promise<ProcMount | null> {
  const path = mount.mountPoint;
  try {
    // its path may lead to what was mounted over it
    const device = await deviceIn(pid, path, options);
    if (device !== deviceOf(mount.device)) return null;
    if (device === own?.device) return { path, pidNamespace: own.pidNamespace };
    // process 1 is the first of the pid namespace that is shown; a security module can forbid a look at it
    const first = await namespaceOf(pid, mount, 1, options);
    if (first !== null || own === null) return { path, pidNamespace: first };
    const self = await namespaceOf(pid, mount, process.pid, options);
    return { path, pidNamespace: self === own.pidNamespace ? self : null };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return HIDDEN.includes(error.code) ? null : { path, pidNamespace: null };
  }
}

/** The /proc of this process: the pid namespace of that one is known without a look at its process 1. */
export interface OwnProc {
  readonly device: bigint;
  readonly pidNamespace: number;
}

/** @internal Null where /proc is of another pid namespace than this process's, or is none. */
export function ownProc(): OwnProc | null {
  try {
    const [, number] = NAMESPACE.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
    if (number === undefined || readlinkSync('/proc/self') !== String(process.pid)) return null;
    return { device: statSync('/proc', { bigint: true }).dev, pidNamespace: Number(number) };
  } catch {
    return null;
  }
}

/**
 * @internal The mounts of /proc that a process can name, at most 16. Null where its mounts may not be read.
 *
 * Race: a mount that comes or goes meanwhile is in it or not.
 */
export async function listProcMounts(
  pid: number,
  own: OwnProc | null,
  options: WaitOptions,
): Promise<ProcMount[] | null> {
  const found: ProcMount[] = [];
  try {
    const { mounts } = await listMounts(pid, options);
    for (const mount of mounts.filter(isWhole).slice(-MOST_MOUNTS)) {
      const one = await look(pid, mount, own, options);
      if (one !== null) found.push(one);
    }
  } catch (error) {
    if (error instanceof SystemError) return null;
    throw error;
  }
  return found;
}
