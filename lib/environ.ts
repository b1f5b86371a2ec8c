import { callAddon } from './call.ts';
import { UsageError } from './errors.ts';
import {
  addon,
  type InitialState,
  type LiveState,
  type NativeEnvironment,
  type NativeInitial,
  type NativeLive,
  type NativeRequest,
  type Outcome,
  type ProcessHandle,
} from './native.ts';
import { checkBoolean, checkMilliseconds, checkWaitOptions, type WaitOptions } from './options.ts';
import { explainDenial } from './permission.ts';
import { checkPid, type Process, processError, transact } from './process.ts';

/** One string of an environment. */
export interface EnvironmentEntry {
  /** Bytes before the first `=`; null when there is no `=`. */
  readonly name: Buffer | null;
  /** Bytes behind the first `=`; the whole string when there is none. */
  readonly value: Buffer;
  /** Where the string stands in the target's memory. */
  readonly address: bigint;
}

const EQUALS = 0x3d;

/** Strings of an environment in order, duplicates and all. */
export class EnvironmentBlock {
  /** Why the state is what it is; null where there is nothing to say. */
  readonly reason: string | null;
  /** A limit cut the list or one of its strings: 65,536 entries, 1 MiB each, 8 MiB in all. */
  readonly truncated: boolean;
  /** Number of entries. */
  readonly length: number;
  readonly #packed: ArrayBuffer;
  #entries: readonly EnvironmentEntry[] | null = null;

  /** @internal */
  constructor([, reason, count, truncated, packed]: NativeInitial | NativeLive) {
    this.reason = reason;
    this.truncated = truncated;
    this.length = count;
    this.#packed = packed;
  }

  /** The entries; views of one buffer, decoded at the first use. */
  get entries(): readonly EnvironmentEntry[] {
    this.#entries ??= this.#decode();
    return this.#entries;
  }

  #unpack(): { addresses: BigUint64Array; offsets: Uint32Array; block: Buffer } {
    const addresses = new BigUint64Array(this.#packed, 0, this.length);
    const offsets = new Uint32Array(this.#packed, addresses.byteLength, this.length + 1);
    return { addresses, offsets, block: Buffer.from(this.#packed, addresses.byteLength + offsets.byteLength) };
  }

  /** @internal Names of at most so many bytes, in order, as text; for who needs no value, as it decodes none. */
  namesOfAtMost(bytes: number): string[] {
    const { offsets, block } = this.#unpack();
    const names: string[] = [];
    let equals = -1;
    for (let i = 0; i < this.length; i++) {
      const [start, end] = [offsets[i] as number, (offsets[i + 1] as number) - 1];
      // that of a later string, where this one has none, is looked for once
      if (equals < start) equals = block.indexOf(EQUALS, start);
      if (equals < 0) break;
      if (equals < end && equals - start <= bytes) names.push(block.toString('utf8', start, equals));
    }
    return names;
  }

  #decode(): EnvironmentEntry[] {
    const { addresses, offsets, block } = this.#unpack();
    return Array.from(addresses, (address, i) => {
      const string = block.subarray(offsets[i], (offsets[i + 1] as number) - 1);
      const equals = string.indexOf(EQUALS);
      const name = equals < 0 ? null : string.subarray(0, equals);
      return { name, value: equals < 0 ? string : string.subarray(equals + 1), address };
    });
  }

  /** The value that getenv(3) would find: that of the first entry with this name. */
  get(name: string | Uint8Array): Buffer | undefined {
    const wanted = Buffer.from(name as string);
    return this.entries.find((entry) => entry.name?.equals(wanted))?.value;
  }

  /** Overwrites the bytes; the entries read as zeros from then on. */
  wipe(): void {
    new Uint8Array(this.#packed).fill(0);
  }
}

/** The environment that execve(2) was given, as far as it is still there. */
export class InitialEnvironment extends EnvironmentBlock {
  /** What has become of it. */
  readonly state: InitialState;

  /** @internal */
  constructor(native: NativeInitial) {
    super(native);
    this.state = native[0];
  }
}

/** The environment that getenv(3) in the target would use now. */
export class LiveEnvironment extends EnvironmentBlock {
  /** How far it can be trusted; `reason` says why when it is not `ok`. */
  readonly state: LiveState;
  /** How it was found: `dynsym`, `symtab`, `scan`, `go-symtab` or `go-scan`; null when it was not. */
  readonly locator: string | null;
  /** Whose environment it is: `glibc`, `musl`, `libc` (not recognised) or `go`. */
  readonly runtime: string | null;
  /** Value of `__environ`: where the vector of pointers stands. */
  readonly address: bigint | null;
  /** What is mapped there: `[stack]`, `[heap]`, `anonymous`, or the path of a file. */
  readonly region: string | null;
  /** In what the program's own view can differ from this; null where it is not known to. */
  readonly caveat: string | null;

  /** @internal */
  constructor(native: NativeLive) {
    super(native);
    [this.state, , , , , this.locator, this.runtime, this.address, this.region, this.caveat] = native;
  }
}

/** Which process an environment was read from. */
export interface ProcessIdentity {
  /** Process id, as this process sees it. */
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; with the pid, its identity. Does not change on execve(2). */
  readonly startTime: bigint;
  /** Name of the command, at most 15 bytes; bytes that are not UTF-8 are replaced. */
  readonly comm: string;
  /** Target of /proc/PID/exe, ` (deleted)` and all; null when it may not be read. */
  readonly exe: string | null;
}

function withDenial(live: NativeLive, pid: number): NativeLive {
  const [state, reason, ...rest] = live;
  return state === 'unreadable' ? [state, `${reason}: ${explainDenial(pid)}`, ...rest] : live;
}

/** Both environments of one process at one moment; null what was not asked for. */
export class ProcessEnvironment implements Disposable {
  /** Which process they were read from. */
  readonly process: ProcessIdentity;
  /** What it was started with; null when that was not asked for. */
  readonly initial: InitialEnvironment | null;
  /** What it uses now; null when that was not asked for. */
  readonly live: LiveEnvironment | null;

  /** @internal */
  constructor([pid, startTime, comm, exe, initial, live, denied]: NativeEnvironment) {
    this.process = { pid, startTime, comm, exe };
    this.initial = initial && new InitialEnvironment(initial);
    this.live = live && new LiveEnvironment(denied === null ? live : withDenial(live, pid));
  }

  /** Overwrites the values of both. */
  [Symbol.dispose](): void {
    this.initial?.wipe();
    this.live?.wipe();
  }
}

/** What to read of a process, and how. */
export interface ReadEnvironmentOptions extends WaitOptions {
  /** Read what the program was started with. Default: true. */
  readonly initial?: boolean;
  /** Read what it uses now. Default: true. */
  readonly live?: boolean;
  /**
   * Stop all threads of the target while looking at its memory, for at most so many milliseconds at a time (true: 50).
   * Default: false. The answer is checked the same way either way; the target sees EINTR in some system calls.
   */
  readonly stop?: boolean | number;
}

const DEFAULT_STOP = 50;
const LONGEST_STOP = 10_000;

function toRequest(options: ReadEnvironmentOptions): NativeRequest {
  const timeout = checkWaitOptions(options);
  const { initial = true, live = true, stop = false } = options;
  return {
    initial: checkBoolean('initial', initial),
    live: checkBoolean('live', live),
    stop: stop === false ? 0 : stop === true ? DEFAULT_STOP : checkMilliseconds('stop', stop, LONGEST_STOP),
    timeout,
  };
}

/**
 * Reads the initial and the live environment of a process, without stopping it.
 *
 * The live one is looked at until one state of it was seen five times; {@link LiveEnvironment.state} says how far it can be
 * trusted.
 *
 * Errors: `ESRCH` no such process, it has exited, or it is a zombie or a kernel thread; `EACCES`, `EPERM` not permitted
 * (the message says which of uid, dumpable, user namespace, yama, capability); `ETIMEDOUT` the target kept the reader
 * waiting; `AbortError`.
 * Race: the target runs; execve(2) during the read is noticed, and the read begins anew.
 * Source: proc_pid_environ(5), environ(7).
 */
export async function readEnvironment(
  target: Process | number,
  options: ReadEnvironmentOptions = {},
): Promise<ProcessEnvironment> {
  const request = toRequest(options);
  const read = (id: number, one: number | ProcessHandle) => addon.readEnvironments(id, [one], request);
  return new ProcessEnvironment(await transact(target, options.signal, read));
}

function toEnvironment({ value, error }: Outcome<NativeEnvironment>, pid: number): ProcessEnvironment {
  if (error !== undefined) throw processError(error, pid);
  return new ProcessEnvironment(value as NativeEnvironment);
}

/**
 * Reads the environments of many processes in one call of the addon: one result or error each, in the order of `pids`,
 * as `Promise.allSettled` gives them.
 *
 * `timeout` is for each process: one that keeps its reader waiting costs its own row only.
 */
export async function readEnvironments(
  pids: readonly number[],
  options: ReadEnvironmentOptions = {},
): Promise<PromiseSettledResult<ProcessEnvironment>[]> {
  const request = toRequest(options);
  if (!Array.isArray(pids)) throw new UsageError('pids', 'must be an array of process ids');
  const targets = Array.from(pids, checkPid);
  const outcomes = await callAddon((id) => addon.readEnvironments(id, targets, request), options.signal);
  return outcomes.map((outcome, i) => {
    try {
      return { status: 'fulfilled', value: toEnvironment(outcome, pids[i] as number) };
    } catch (reason) {
      return { status: 'rejected', reason };
    }
  });
}
