/** What kind of file it is; `unknown` where its file system does not say. */
export type FileType =
  'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'characterDevice' | 'blockDevice' | 'unknown';

/** By the type bits of `st_mode`, which are the `d_type` of a directory's entry. */
const TYPES: Readonly<Record<number, FileType>> = {
  1: 'fifo',
  2: 'characterDevice',
  4: 'directory',
  6: 'blockDevice',
  8: 'file',
  10: 'symlink',
  12: 'socket',
};

/** What stat(2) tells of a file. */
export interface FileStatus {
  /** What it is. */
  readonly type: FileType;
  /** Permission bits, set-id bits and sticky bit: `mode & 0o7777`. */
  readonly mode: number;
  /** Owner, as this process's user namespace numbers it, not the container's. */
  readonly uid: number;
  /** Group, numbered likewise. */
  readonly gid: number;
  /** Names it has. */
  readonly links: number;
  /** Bytes; 0 for most files of /proc. */
  readonly size: number;
  /** Number in its file system. */
  readonly inode: bigint;
  /** Its file system, as `st_dev`: equal here and on the host's side. */
  readonly device: bigint;
  /** What a device file stands for, as `st_rdev`; 0 for others. */
  readonly specialDevice: bigint;
  /** Nanoseconds from 1970 to its last change of content. */
  readonly modified: bigint;
}

/** Words of one status: native/napi/rootfs.cc writes them in this order. */
const STATUS_WORDS = 10;

/** @internal */
export function typeOf(code: number): FileType {
  return TYPES[code] ?? 'unknown';
}

/** @internal The status number `row` of those packed; null where the addon has none. */
export function decodeStatus(packed: ArrayBuffer, row: number): FileStatus | null {
  const at = row * STATUS_WORDS;
  const [mode = 0n, uid, gid, links, size, inode = 0n, device = 0n, specialDevice = 0n, seconds = 0n, rest = 0n] =
    new BigUint64Array(packed).subarray(at, at + STATUS_WORDS);
  if (mode === 0n) return null;
  return {
    type: typeOf(Number(mode >> 12n)),
    mode: Number(mode & 0o7777n),
    uid: Number(uid),
    gid: Number(gid),
    links: Number(links),
    size: Number(size),
    inode,
    device,
    specialDevice,
    modified: BigInt.asIntN(64, seconds) * 1_000_000_000n + rest,
  };
}
