import { callAddon } from './call.ts';
import { SystemError } from './errors.ts';
import { addon, type NativeProcessTable, toBigInt } from './native.ts';
import { checkBoolean, checkWaitOptions, type WaitOptions } from './options.ts';
import { type Process, processError, transactAtOnce } from './process.ts';

/** Who a process is for the kernel's checks. Ids are those of this process's user namespace. */
export interface ProcessCredentials {
  /** Real user id. */
  readonly uid: number;
  /** Effective user id. */
  readonly effectiveUid: number;
  /** Real group id. */
  readonly gid: number;
  /** Effective group id. */
  readonly effectiveGid: number;
  /** Effective capabilities: bit n is capability n; counted in the user namespace of the process. */
  readonly capabilities: bigint;
}

/** Inode numbers of namespaces, as `/proc/PID/ns` shows them; null for one that may not be read. */
export interface NamespaceNumbers {
  /** Of mounts. */
  readonly mnt: number | null;
  /** Of process ids. */
  readonly pid: number | null;
  /** Of users. */
  readonly user: number | null;
}

/** One line of the list of processes. */
export interface ProcessSummary {
  /** Process id, as /proc has it. */
  readonly pid: number;
  /** Process id of the parent; 0 where that is in another pid namespace, or where there is none. */
  readonly parentPid: number;
  /** Name of the program's file, or what it calls itself: at most 15 bytes, of which those that are no UTF-8 are replaced. */
  readonly comm: string;
  /** Clock ticks since boot. */
  readonly startTime: bigint;
  /** One letter, such as `R`, `S`, `D`, `Z`. */
  readonly state: string;
  /** It is one of the kernel's own, and has no program. */
  readonly kernelThread: boolean;
  /** It has exited, and waits for its parent. */
  readonly zombie: boolean;
  /** Null where they may not be read, or could not be. */
  readonly credentials: ProcessCredentials | null;
  /** The text of `/proc/PID/cgroup`, bytes; null where it may not be read. Processes with equal texts share one. */
  readonly cgroup: Buffer | null;
  /** Null unless they were asked for. */
  readonly namespaces: NamespaceNumbers | null;
}

/** What {@link listProcesses} takes. */
export interface ListProcessesOptions extends WaitOptions {
  /** Also the numbers of each process's namespaces. Default: false. */
  readonly namespaces?: boolean;
}

/** Words of a row: native/core/process_table.h. */
const WORDS = 17;
const FLAG = { kernelThread: 1, zombie: 2, noCredentials: 4 } as const;

/** The texts that stand behind each other, each ending where `ends` says. */
function split(block: Buffer, ends: Uint32Array): Buffer[] {
  return Array.from(ends, (end, i) => block.subarray(i === 0 ? 0 : ends[i - 1], end));
}

/** The one of equal texts that all have. */
function shareOf(known: Map<string, Buffer>, text: Buffer): Buffer {
  const key = text.toString('latin1');
  const one = known.get(key) ?? text;
  known.set(key, one);
  return one;
}

/** The packed table, row by row. */
class Rows {
  readonly #words: Uint32Array;
  readonly #names: Buffer;
  readonly #cgroups: readonly Buffer[];

  constructor(table: NativeProcessTable, known: Map<string, Buffer>) {
    this.#words = new Uint32Array(table.words);
    this.#names = Buffer.from(table.names);
    const texts = split(Buffer.from(table.cgroups), new Uint32Array(table.cgroupEnds));
    this.#cgroups = texts.map((text) => shareOf(known, text));
  }

  #word(row: number, which: number): number {
    return this.#words[row * WORDS + which] as number;
  }

  #long(row: number, which: number): bigint {
    return toBigInt(this.#word(row, which), this.#word(row, which + 1));
  }

  #comm(row: number): string {
    return this.#names.toString('utf8', row === 0 ? 0 : this.#word(row - 1, 15), this.#word(row, 15));
  }

  #credentials(row: number): ProcessCredentials {
    return {
      uid: this.#word(row, 6),
      effectiveUid: this.#word(row, 7),
      gid: this.#word(row, 8),
      effectiveGid: this.#word(row, 9),
      capabilities: this.#long(row, 10),
    };
  }

  #namespaces(row: number): NamespaceNumbers {
    const number = (which: number): number | null => this.#word(row, which) || null;
    return { mnt: number(12), pid: number(13), user: number(14) };
  }

  at(row: number, withNamespaces: boolean): ProcessSummary {
    const flags = this.#word(row, 2);
    return {
      pid: this.#word(row, 0),
      parentPid: this.#word(row, 1),
      comm: this.#comm(row),
      startTime: this.#long(row, 4),
      state: String.fromCharCode(this.#word(row, 3)),
      kernelThread: (flags & FLAG.kernelThread) !== 0,
      zombie: (flags & FLAG.zombie) !== 0,
      credentials: (flags & FLAG.noCredentials) === 0 ? this.#credentials(row) : null,
      cgroup: this.#cgroups[this.#word(row, 16)] ?? null,
      namespaces: withNamespaces ? this.#namespaces(row) : null,
    };
  }
}

/**
 * Lists the processes that /proc shows, in its order: of the pid namespace that /proc was mounted in.
 *
 * One that exits meanwhile is left out. With the mount option `hidepid`, /proc hides those of other users.
 *
 * Errors: `ETIMEDOUT`; `AbortError`; `EACCES` /proc may not be listed.
 * Source: proc(5), proc_pid_stat(5), proc_pid_status(5), proc_pid_cgroup(5).
 */
export async function listProcesses(options: ListProcessesOptions = {}): Promise<ProcessSummary[]> {
  const timeout = checkWaitOptions(options);
  const { namespaces = false } = options;
  checkBoolean('namespaces', namespaces);
  const parts = await callAddon((id) => addon.listProcesses(id, namespaces, timeout), options.signal);
  const texts = new Map<string, Buffer>();
  const lists = parts.map(({ value, error }) => {
    if (error !== undefined) throw new SystemError(error);
    const table = value as NativeProcessTable;
    const rows = new Rows(table, texts);
    return Array.from({ length: table.count }, (_, row) => rows.at(row, namespaces));
  });
  // /proc has them by their numbers
  return lists.flat().sort((one, other) => one.pid - other.pid);
}

const NUL = 0;

/**
 * Reads the arguments of a process, as they stand in its memory now: bytes, which a process can overwrite, and which can be
 * secret. Empty for a kernel thread.
 *
 * Errors: `ESRCH` no such process, or it has exited; `ETIMEDOUT` it keeps its memory locked; `E2BIG` more than 2 MiB;
 * `EACCES`; `AbortError`.
 * Source: proc_pid_cmdline(5).
 */
export async function readCommandLine(target: Process | number, options: WaitOptions = {}): Promise<Buffer[]> {
  const timeout = checkWaitOptions(options);
  const { pid, outcome } = await transactAtOnce(target, options.signal, (id, one) =>
    addon.readCommandLine(id, one, timeout),
  );
  if (outcome?.error !== undefined) throw processError(outcome.error, pid);
  const text = Buffer.from(outcome?.value as ArrayBuffer);
  const words: Buffer[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(NUL, start);
    words.push(text.subarray(start, end < 0 ? text.length : end));
    start = end < 0 ? text.length : end + 1;
  }
  return words;
}
