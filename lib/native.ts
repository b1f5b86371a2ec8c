import bindings from 'bindings';
import type { SystemErrorRecord } from './errors.ts';
import { packageRoot } from './root.ts';

/** A process held by the addon. */
export type ProcessHandle = object & { readonly __handle: unique symbol };

/** A file of a container, held open by the addon. */
export type FileHandle = object & { readonly __file: unique symbol };

/** What has become of what the program was started with; docs/guides/env.md says what each means. */
export type InitialState = 'intact' | 'overwritten' | 'relocated' | 'empty' | 'unreadable';

/** How far the live environment can be trusted: only `ok` is an answer. */
export type LiveState = 'ok' | 'unknown' | 'unstable' | 'ambiguous' | 'unreadable';

/** `packed` holds `count` addresses (u64), `count + 1` offsets (u32), then the block. */
export type NativeInitial = readonly [
  state: InitialState,
  reason: string | null,
  count: number,
  truncated: boolean,
  packed: ArrayBuffer,
];

/** Begins as {@link NativeInitial} does. */
export type NativeLive = readonly [
  state: LiveState,
  reason: string | null,
  count: number,
  truncated: boolean,
  packed: ArrayBuffer,
  locator: string | null,
  runtime: string | null,
  address: bigint | null,
  region: string | null,
  caveat: string | null,
];

/** Arrays, because there can be thousands, and naming members costs the addon more than reading a process. */
export type NativeEnvironment = readonly [
  pid: number,
  startTime: bigint,
  comm: string,
  exe: string | null,
  initial: NativeInitial | null,
  live: NativeLive | null,
  denied: SystemErrorRecord | null,
];

/** One of the two is there. */
export interface Outcome<Value> {
  readonly value?: Value;
  readonly error?: SystemErrorRecord;
}

export interface NativeRequest {
  readonly initial: boolean;
  readonly live: boolean;
  /** Milliseconds; 0: do not stop the target. */
  readonly stop: number;
  /** Milliseconds for each process. */
  readonly timeout: number;
}

/** Packed as native/core/mount_table.h says. */
export interface NativeMountTable {
  readonly size: number;
  readonly malformed: number;
  readonly truncated: boolean;
  readonly byListmount: boolean;
  readonly pointBytes: number;
  readonly mounts: ArrayBuffer;
  readonly kinds: ArrayBuffer;
  readonly ends: ArrayBuffer;
  readonly block: ArrayBuffer;
}

/** Seventeen words (u32) a process: native/core/process_table.h. Each cgroup text stands once, parted by its ends (u32). */
export interface NativeProcessTable {
  readonly count: number;
  readonly words: ArrayBuffer;
  readonly names: ArrayBuffer;
  readonly cgroupEnds: ArrayBuffer;
  readonly cgroups: ArrayBuffer;
}

/** A number of 64 bits in a packed table, of its two words. */
export function toBigInt(low: number, high: number): bigint {
  // as one number, as long as that is exact: it makes one bigint instead of four
  return high < 2 ** 21 ? BigInt(high * 2 ** 32 + low) : (BigInt(high) << 32n) | BigInt(low);
}

/** Three words (u32) a process: native/core/variable_names.h. Each text stands once, parted by its ends (u32). */
export interface NativeVariableNames {
  readonly words: ArrayBuffer;
  readonly ends: ArrayBuffer;
  readonly names: ArrayBuffer;
}

/** Numbers (u32) from the process's own namespace upwards; who made each of the user namespaces. */
export interface NativeAncestry {
  readonly pidNamespaces: ArrayBuffer;
  readonly userNamespaces: ArrayBuffer;
  readonly owners: ArrayBuffer;
  readonly opensUnprivileged: boolean;
  readonly opensUntracing: boolean;
}

/** A mount table that is watched. */
export type MountWatchHandle = object & { readonly __mountWatch: unique symbol };

/** A directory to look at, if its device is the one that is expected. */
export type NativeVolumePlace = readonly [path: Buffer, major: number, minor: number];

export interface NativeVolumeLook {
  readonly generation: Buffer | null;
  readonly keys: readonly Buffer[];
  readonly truncated: boolean;
}

/** A path as a process sees it. */
export interface NativeRootRequest {
  readonly path: Uint8Array;
  /** The last link of the path, too. */
  readonly follow: boolean;
  /** Of each entry of a directory. */
  readonly details: boolean;
  /** Bytes of a file, entries of a directory. */
  readonly most: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Byte strings: `count + 1` offsets (u32), then the block. Statuses: rows of 64-bit words (lib/rootfs/status.ts). */
export interface NativeListing {
  readonly names: ArrayBuffer;
  /** `d_type` of each. */
  readonly types: Uint8Array;
  readonly truncated: boolean;
  /** Empty without details. */
  readonly statuses: ArrayBuffer;
  readonly links: ArrayBuffer;
}

type InRoot<Value> = (
  id: number,
  target: number | ProcessHandle,
  request: NativeRootRequest,
) => Promise<Outcome<Value>[]>;

/** The secret volumes that one thread of JavaScript watches. */
export type WatchHandle = object & { readonly __watch: unique symbol };

/** What is told of a watched volume; numbers: lib/watch/report.ts, content: lib/watch/content.ts. */
export type NativeVolumeReport = [news: number, flags: number, content: ArrayBuffer | null];
/** A command that the addon has started; it ends when this is ended or collected. */
export type CommandHandle = object & { readonly __command: unique symbol };

/** What is to be run; see tasks/exec.h. */
export interface NativeExecRequest {
  readonly arguments: readonly string[];
  /** `NAME=value`. */
  readonly variables: readonly string[];
  readonly cwd: string | null;
  readonly asContainer: boolean;
  /** Bits of native/nsexec/protocol.h. */
  readonly namespaces: number;
  readonly terminal: readonly [columns: number, rows: number] | null;
  readonly piped: readonly [boolean, boolean, boolean];
  /** Empty: none. */
  readonly hostBinary: string;
  /** Milliseconds until the command must run. */
  readonly startTimeout: number;
}

/** Descriptors, -1 where there is none: the caller's from {@link Addon.keepStreams} on. */
export type NativeCommand = readonly [
  handle: CommandHandle,
  pid: number,
  control: number,
  stdin: number,
  stdout: number,
  stderr: number,
];

/** What native/napi/addon.cc exports. Arguments are taken as they are: whoever calls has checked them. */
export interface Addon {
  openProcess(pid: number): Outcome<ProcessHandle>;
  closeProcess(handle: ProcessHandle): void;
  /** `id` names this call to `expire` and `cancel`. */
  readEnvironments(
    id: number,
    targets: readonly (number | ProcessHandle)[],
    request: NativeRequest,
  ): Promise<Outcome<NativeEnvironment>[]>;
  /** In two parts; each has its processes in the order of /proc. */
  listProcesses(id: number, withNamespaces: boolean, timeout: number): Promise<Outcome<NativeProcessTable>[]>;
  /** An outcome for each 32 of them. */
  readVariableNames(id: number, pids: readonly number[], timeout: number): Promise<Outcome<NativeVariableNames>[]>;
  readCommandLine(id: number, target: number | ProcessHandle, timeout: number): Promise<Outcome<ArrayBuffer>[]>;
  readAncestry(id: number, target: number | ProcessHandle, timeout: number): Promise<Outcome<NativeAncestry>[]>;
  listMounts(id: number, target: number | ProcessHandle, timeout: number): Promise<Outcome<NativeMountTable>[]>;
  /** By statmount(2), whatever mountinfo says. */
  listNamespaceMounts(
    id: number,
    target: number | ProcessHandle,
    timeout: number,
  ): Promise<Outcome<NativeMountTable>[]>;
  /** A table of one. */
  findMount(
    id: number,
    target: number | ProcessHandle,
    timeout: number,
    path: Buffer,
  ): Promise<Outcome<NativeMountTable>[]>;
  /** `tell` gets whether the process has ended; else its table has changed. */
  watchMounts(target: number | ProcessHandle, tell: (gone: boolean) => void): Outcome<MountWatchHandle>;
  closeMountWatch(handle: MountWatchHandle): void;
  /** Null for a place that could not be looked at; no keys are read unless `keys`. */
  lookAtVolumes(
    id: number,
    target: number | ProcessHandle,
    places: readonly NativeVolumePlace[],
    timeout: number,
    keys: boolean,
  ): Promise<Outcome<(NativeVolumeLook | null)[]>[]>;
  readonly readFileIn: InRoot<Buffer>;
  readonly readdirIn: InRoot<NativeListing>;
  readonly statIn: InRoot<ArrayBuffer>;
  readonly readlinkIn: InRoot<Buffer>;
  readonly openIn: InRoot<FileHandle>;
  readFile(id: number, file: FileHandle, timeout: number, offset: number, length: number): Promise<Outcome<Buffer>[]>;
  statFile(id: number, file: FileHandle, timeout: number): Promise<Outcome<ArrayBuffer>[]>;
  /** The handle is of no use any more. */
  closeFile(id: number, file: FileHandle, timeout: number): Promise<Outcome<boolean>[]>;
  /** `key`: 16 bytes. */
  openWatch(key: Uint8Array, callback: (volume: number, ...report: NativeVolumeReport) => void): Outcome<WatchHandle>;
  closeWatch(watch: WatchHandle): void;
  /** Whether the event loop stays alive for it. */
  keepWatch(watch: WatchHandle, keep: boolean): void;
  addVolume(watch: WatchHandle, volume: number, process: ProcessHandle | null, path: Uint8Array): Outcome<never>;
  removeVolume(watch: WatchHandle, volume: number): void;
  /** Whatever is read next is new. */
  resetVolume(watch: WatchHandle, volume: number): void;
  /** At once, where that waits for nobody. */
  rereadVolume(watch: WatchHandle, volume: number): NativeVolumeReport;
  lookAtVolume(id: number, watch: WatchHandle, volume: number, timeout: number): Promise<Outcome<NativeVolumeReport>[]>;
  /** Names the program that waits for file systems in place of this one: native/errand. */
  useErrand(program: string): void;
  /** `helper` is {@link helperProgram}. */
  startCommand(
    id: number,
    target: number | ProcessHandle,
    helper: string,
    request: NativeExecRequest,
  ): Promise<Outcome<NativeCommand>[]>;
  /** The descriptors are the caller's now; until then they are closed with the handle. */
  keepStreams(handle: CommandHandle): void;
  /** Passes all bytes on as they are; gives the modes from before. */
  makeTerminalRaw(descriptor: number): Outcome<Buffer>;
  setTerminalModes(descriptor: number, modes: Buffer): Outcome<never>;
  /** Kills the command if it still runs, and waits for the helper. */
  endCommand(handle: CommandHandle): void;
  /** Gives up on the reads of a call that have taken longer than its timeout. */
  expire(id: number): void;
  /** Gives up on the whole call. */
  cancel(id: number): void;
}

/** The program that enters namespaces, which is built with the addon. */
export const helperProgram: string = `${packageRoot}build/Release/nsexec`;

function load(): Addon {
  const places = [['module_root', 'build', 'Release', 'bindings']];
  if (process.env.PODPROBE_BUILD === 'Debug') places.unshift(['module_root', '.cmake', 'addon', 'Debug', 'bindings']);
  try {
    const loaded = bindings({ bindings: 'podprobe', module_root: packageRoot, try: places }) as Addon;
    loaded.useErrand(`${packageRoot}build/Release/errand`);
    return loaded;
  } catch (cause) {
    throw new Error(
      `podprobe: the addon for ${process.platform}-${process.arch} could not be loaded. ` +
        'Build it with `npm run build:addon` (needs python3, make and g++), and allow its install script ' +
        'where npm blocks those (`npm install-scripts approve podprobe`).',
      { cause },
    );
  }
}

/** The addon; there is one for each thread of JavaScript that imports this. */
export const addon: Addon = load();
