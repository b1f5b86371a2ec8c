import {
  addon,
  type FileHandle,
  type NativeListing,
  type NativeRootRequest,
  type Outcome,
  type ProcessHandle,
} from './native.ts';
import { checkBoolean, checkCount, checkPathIn, checkWaitOptions, type WaitOptions } from './options.ts';
import { type Process, transactAtOnce } from './process.ts';
import { ContainerFile } from './rootfs/file.ts';
import { unwrap } from './rootfs/path.ts';
import { decodeStatus, type FileStatus, type FileType, typeOf } from './rootfs/status.ts';

const DEFAULT_BYTES = 2 ** 24;
const MOST_BYTES = 2 ** 31;
const DEFAULT_ENTRIES = 100_000;
const MOST_ENTRIES = 1_000_000;

/** What {@link readFileIn} may be told. */
export interface ReadFileOptions extends WaitOptions {
  /** Fails with `EFBIG` where the file has more. Default: 16 MiB; at most 2 GiB. */
  readonly maxBytes?: number;
}

/** What {@link readdirIn} may be told. */
export interface ReadDirectoryOptions extends WaitOptions {
  /** Entries after which the list ends. Default: 100,000; at most 1,000,000. */
  readonly maxEntries?: number;
  /** Also the status and the link of each entry, in the same transaction. Default: false. */
  readonly details?: boolean;
}

/** What {@link statIn} may be told. */
export interface StatOptions extends WaitOptions {
  /** Tells of what a link leads to, rather than of the link. Default: true. */
  readonly followLinks?: boolean;
}

/** A name in a directory. */
export interface DirectoryEntry {
  /** Any bytes but `/` and NUL. */
  readonly name: Buffer;
  /** What it is. */
  readonly type: FileType;
  /** Of a link itself, not of where it leads; null without `details`, or where it was gone or could not be looked at. */
  readonly status: FileStatus | null;
  /** What a symbolic link says; null without `details`, and for others. */
  readonly link: Buffer | null;
}

/** What is in a directory. */
export interface DirectoryListing {
  /** Without `.` and `..`, in the order of the file system. */
  readonly entries: readonly DirectoryEntry[];
  /** There are more than `maxEntries`, or the links were too long to keep. */
  readonly truncated: boolean;
}

type Call<Value> = (
  id: number,
  target: number | ProcessHandle,
  request: NativeRootRequest,
) => Promise<Outcome<Value>[]>;
/** What a call asks beside its path: made when the other options are known to be good. */
type Limits = () => Partial<NativeRootRequest>;

const none: Limits = () => ({});

async function run<Value>(
  target: Process | number,
  path: string | Uint8Array,
  options: WaitOptions,
  [call, limits]: [Call<Value>, Limits],
): Promise<{ value: Value; pid: number; path: Uint8Array }> {
  const timeout = checkWaitOptions(options);
  const request = { path: checkPathIn(path), follow: true, details: false, most: 0, timeout, ...limits() };
  const { pid, outcome } = await transactAtOnce(target, options.signal, (id, one) => call(id, one, request));
  return { value: unwrap(outcome, pid, request.path), pid, path: request.path };
}

/**
 * Reads a file as a process sees it: `path` begins at the root of the process, and every link and `..` of it stays there,
 * whatever the container does meanwhile.
 *
 * Errors: `ENOENT`, `ENOTDIR` no such file; `EISDIR`; `ENXIO` a FIFO, a socket or a device; `EFBIG` larger than `maxBytes`;
 * `ELOOP` a link of /proc that leads to an open file or a root, or a loop; `EAGAIN` a `..` could not be resolved while files
 * were renamed, or too many earlier reads are stuck; `ENOSYS`, `EPERM` (`openat2`) no openat2(2) here; `ESRCH` no such process; `EACCES` not permitted; `ETIMEDOUT`
 * its file system gave no answer; AbortError.
 * Race: what is written meanwhile can be in it in part. Files of /proc and /sys answer for the reader: `/proc/sys` shows
 * settings of this process's namespaces, and `/proc/self` of a container's own /proc does not exist for it.
 * Source: openat2(2).
 */
export async function readFileIn(
  target: Process | number,
  path: string | Uint8Array,
  options: ReadFileOptions = {},
): Promise<Buffer> {
  const limits = () => ({ most: checkCount('maxBytes', options.maxBytes ?? DEFAULT_BYTES, MOST_BYTES) });
  return (await run(target, path, options, [addon.readFileIn, limits])).value;
}

/**
 * Opens a regular file as {@link readFileIn} does, to be read in parts.
 *
 * Errors: as {@link readFileIn}, but for `EFBIG`.
 */
export async function openIn(
  target: Process | number,
  path: string | Uint8Array,
  options: WaitOptions = {},
): Promise<ContainerFile> {
  const opened = await run<FileHandle>(target, path, options, [addon.openIn, none]);
  return new ContainerFile(opened.pid, opened.path, opened.value);
}

/**
 * Lists a directory as a process sees it.
 *
 * Errors: `ENOTDIR`, and those of {@link readFileIn}.
 * Race: names that come or go meanwhile are in the list or not.
 */
export async function readdirIn(
  target: Process | number,
  path: string | Uint8Array,
  options: ReadDirectoryOptions = {},
): Promise<DirectoryListing> {
  const limits = () => ({
    details: checkBoolean('details', options.details ?? false),
    most: checkCount('maxEntries', options.maxEntries ?? DEFAULT_ENTRIES, MOST_ENTRIES),
  });
  return decodeListing((await run(target, path, options, [addon.readdirIn, limits])).value);
}

/**
 * Tells what a file is, as a process sees it, without opening it.
 *
 * Errors: as {@link readFileIn}.
 * Source: statx(2).
 */
export async function statIn(
  target: Process | number,
  path: string | Uint8Array,
  options: StatOptions = {},
): Promise<FileStatus> {
  const limits = () => ({ follow: checkBoolean('followLinks', options.followLinks ?? true) });
  return decodeStatus((await run(target, path, options, [addon.statIn, limits])).value, 0) as FileStatus;
}

/**
 * Reads what a symbolic link says, without following it: it may lead nowhere, or name a path of the container.
 *
 * Errors: `EINVAL` not a link; those of {@link readFileIn}.
 */
export async function readlinkIn(
  target: Process | number,
  path: string | Uint8Array,
  options: WaitOptions = {},
): Promise<Buffer> {
  return (await run(target, path, options, [addon.readlinkIn, none])).value;
}

function decodeStrings(packed: ArrayBuffer, count: number): (i: number) => Buffer {
  const offsets = new Uint32Array(packed, 0, count + 1);
  const block = Buffer.from(packed, offsets.byteLength);
  return (i) => block.subarray(offsets[i], offsets[i + 1]);
}

function decodeListing({ names, types, truncated, statuses, links }: NativeListing): DirectoryListing {
  const detailed = statuses.byteLength > 0;
  const nameOf = decodeStrings(names, types.length);
  const linkOf = detailed ? decodeStrings(links, types.length) : () => Buffer.alloc(0);
  const entries = Array.from(types, (code, i): DirectoryEntry => {
    const status = detailed ? decodeStatus(statuses, i) : null;
    const link = linkOf(i);
    return { name: nameOf(i), type: status?.type ?? typeOf(code), status, link: link.length > 0 ? link : null };
  });
  return { entries, truncated };
}
