import { callAddon } from './call.ts';
import { SystemError, type SystemErrorRecord, UsageError } from './errors.ts';
import { addon, type Outcome, type ProcessHandle } from './native.ts';
import { explainDenial, explainStopDenial } from './permission.ts';

/** Largest process id that Linux gives: PID_MAX_LIMIT is 2^22, the type is an int. */
const LARGEST_PID = 0x7fff_ffff;

/** Throws a UsageError unless `pid` can be a process id. */
export function checkPid(pid: unknown): number {
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || pid > LARGEST_PID) {
    throw new UsageError('pid', `must be an integer from 1 to ${LARGEST_PID}, not ${describe(pid)}`);
  }
  return pid;
}

function describe(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : typeof value;
}

/** The error of a failed call on a process, with the cure where it is known. */
export function processError(record: SystemErrorRecord, pid: number): SystemError {
  const error = new SystemError(record, pid);
  const unexplained = record.detail === '';
  const hint =
    (error.code === 'EACCES' || error.code === 'EPERM') && unexplained
      ? (record.syscall === 'ptrace' ? explainStopDenial : explainDenial)(pid)
      : record.syscall === 'pidfd_open' && error.code !== 'ESRCH'
        ? 'the number is that of a thread, or this kernel is older than 5.3: give the id of the process (Tgid in /proc/TID/status)'
        : '';
  return hint === '' ? error : new SystemError(record, pid, hint);
}

/** Also ends the wait for a turn that has not come. */
function untilAborted<Value>(turn: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * A process held by descriptor, so that all reads are of this process even when its number is used again.
 *
 * Also keeps what was learned about the program it runs, so that later reads are faster; execve(2) in the target is
 * noticed and does no harm. Close it, or declare it with `await using`.
 */
export class Process implements AsyncDisposable {
  /** Process id, as this process sees it. */
  readonly pid: number;
  #handle: ProcessHandle | null;
  #last: Promise<unknown> = Promise.resolve();
  readonly #beside = new Set<Promise<unknown>>();
  #closing = false;

  /** @internal Use {@link openProcess}. */
  constructor(pid: number, handle: ProcessHandle) {
    this.pid = pid;
    this.#handle = handle;
  }

  /** @internal Runs `read` once the reads before it have ended: they share what is known about the process. */
  async inTurn<Value>(
    read: (handle: ProcessHandle) => Promise<Value>,
    signal: AbortSignal | undefined,
  ): Promise<Value> {
    const handle = this.#open();
    const turn = this.#last.then(() => {
      signal?.throwIfAborted();
      return read(handle);
    });
    this.#last = turn.catch(() => undefined);
    return signal === undefined ? turn : untilAborted(turn, signal);
  }

  /** @internal Runs `read` beside whatever else is read: it shares nothing with other reads but what never changes. */
  async atOnce<Value>(read: (handle: ProcessHandle) => Promise<Value>): Promise<Value> {
    const reading = read(this.#open());
    this.#beside.add(reading);
    try {
      return await reading;
    } finally {
      this.#beside.delete(reading);
    }
  }

  #open(): ProcessHandle {
    if (this.#handle === null || this.#closing) throw new UsageError('process', `${this.pid} has been closed`);
    return this.#handle;
  }

  /** Closes the descriptors, after the reads that are under way. Later reads are refused. Can be called again. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled([this.#last, ...this.#beside]);
    if (this.#handle !== null) addon.closeProcess(this.#handle);
    this.#handle = null;
  }

  /** Closes it: for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Holds a process.
 *
 * Errors: `ESRCH` no such process; `EINVAL` or `ENOENT` the number is a thread's; `EMFILE`.
 * Source: pidfd_open(2).
 */
export async function openProcess(pid: number): Promise<Process> {
  const { value, error } = addon.openProcess(checkPid(pid));
  if (error !== undefined) throw processError(error, pid);
  return new Process(pid, value as ProcessHandle);
}

/**
 * @internal One transaction of the addon on a held process, in its turn, or on the process of a pid.
 *
 * Errors: what the transaction fails with, as a SystemError; AbortError.
 */
export async function transact<Value>(
  target: Process | number,
  signal: AbortSignal | undefined,
  start: (id: number, target: number | ProcessHandle) => Promise<Outcome<Value>[]>,
): Promise<Value> {
  const run = (one: number | ProcessHandle): Promise<Outcome<Value>[]> => callAddon((id) => start(id, one), signal);
  const held = target instanceof Process;
  const pid = held ? target.pid : checkPid(target);
  const [outcome] = held ? await target.inTurn(run, signal) : await run(pid);
  if (outcome?.error !== undefined) throw processError(outcome.error, pid);
  return outcome?.value as Value;
}

/**
 * @internal One transaction of the addon that needs nothing of a held process but its descriptors: it waits for no other.
 * Gives the process id and the outcome.
 */
export async function transactAtOnce<Value>(
  target: Process | number,
  signal: AbortSignal | undefined,
  start: (id: number, target: number | ProcessHandle) => Promise<Outcome<Value>[]>,
): Promise<{ pid: number; outcome: Outcome<Value> | undefined }> {
  const run = (one: number | ProcessHandle): Promise<Outcome<Value>[]> => callAddon((id) => start(id, one), signal);
  const held = target instanceof Process;
  const pid = held ? target.pid : checkPid(target);
  const [outcome] = held ? await target.atOnce(run) : await run(pid);
  return { pid, outcome };
}
