import { readFileSync, statSync } from 'node:fs';

/** The ids of a process, as this process's user namespace counts; null for one that it has no number for. */
export interface ProcessIds {
  readonly real: number | null;
  readonly effective: number | null;
  readonly saved: number | null;
  /** What counts where files are opened. */
  readonly fileSystem: number | null;
}

/** What /proc/PID/status says of what a process may do. Of a process with threads, its first. */
export interface AccessCredentials {
  readonly user: ProcessIds;
  readonly group: ProcessIds;
  /** Bit n is capability n. */
  readonly permitted: bigint;
  readonly effective: bigint;
}

/** A range of ids of a user namespace: `inside` to `inside + count` are `outside` and so on for whoever reads it. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** Number of the first user namespace: PROC_USER_INIT_INO. */
export const FIRST_USER_NAMESPACE = 4_026_531_837;
/** Number of the first pid namespace: PROC_PID_INIT_INO. */
export const FIRST_PID_NAMESPACE = 4_026_531_836;

/** What the kernel shows for an id that has no number where it is shown. */
const OVERFLOW = 65_534;
const MOST_RANGES = 340;

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function parseIds(status: string, name: string, hasAll: boolean): ProcessIds | null {
  const [, text] = new RegExp(`^${name}:\t([0-9]+(?:\t[0-9]+){3})$`, 'm').exec(status) ?? [];
  if (text === undefined) return null;
  const ids = text.split('\t').map((id) => (hasAll || Number(id) !== OVERFLOW ? Number(id) : null));
  const [real = null, effective = null, saved = null, fileSystem = null] = ids;
  return { real, effective, saved, fileSystem };
}

function parseSet(status: string, name: string): bigint | null {
  const [, digits] = new RegExp(`^${name}:\t([0-9a-f]{16})$`, 'm').exec(status) ?? [];
  return digits === undefined ? null : BigInt(`0x${digits}`);
}

/**
 * Reads `/proc/PID/status`; null where it may not be read, or the process is gone. `hasAll`: this process is in the first user
 * namespace, so that every id has a number here, 65534 being one of them.
 *
 * Source: proc_pid_status(5).
 */
export function readAccessCredentials(pid: number, hasAll: boolean): AccessCredentials | null {
  const status = readText(`/proc/${pid}/status`);
  if (status === null) return null;
  const [user, group] = [parseIds(status, 'Uid', hasAll), parseIds(status, 'Gid', hasAll)];
  const [permitted, effective] = [parseSet(status, 'CapPrm'), parseSet(status, 'CapEff')];
  if (user === null || group === null || permitted === null || effective === null) return null;
  return { user, group, permitted, effective };
}

/** A map of `/proc/PID/uid_map` or `gid_map`; null where it may not be read. Source: user_namespaces(7). */
export function readIdMap(pid: number, name: 'uid_map' | 'gid_map'): IdRange[] | null {
  const text = readText(`/proc/${pid}/${name}`);
  if (text === null) return null;
  const lines = text.split('\n').filter(Boolean).slice(0, MOST_RANGES);
  return lines.map((line) => {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/ +/).map(Number);
    return { inside, outside, count };
  });
}

/** Whether a user namespace has a number for an id of the outside. */
export function maps(ranges: readonly IdRange[] | null, id: number): boolean | null {
  if (ranges === null) return null;
  return ranges.some(({ outside, count }) => id >= outside && id < outside + count);
}

/** Who owns a file; null where this process has no number for him. */
export interface FileOwner {
  readonly uid: number | null;
  readonly gid: number | null;
}

/** Who owns a file of /proc/PID, which tells whether the process is dumpable; null where it may not be seen. */
export function ownerOf(pid: number, hasAll: boolean): FileOwner | null {
  const known = (id: number): number | null => (hasAll || id !== OVERFLOW ? id : null);
  try {
    // not /proc/PID itself, which is its user's in any case
    const { uid, gid } = statSync(`/proc/${pid}/environ`);
    return { uid: known(uid), gid: known(gid) };
  } catch {
    return null;
  }
}
