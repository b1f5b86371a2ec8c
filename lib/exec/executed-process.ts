import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { SystemError, UsageError } from '../errors.ts';
import { addon, type NativeCommand } from '../native.ts';
import { checkSize, type ExecOptions } from './options.ts';

/** How a command ended: one of the two is null, as in `node:child_process`. */
export interface ExecExit {
  /** Its exit code. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null;
}

/** Of native/nsexec/protocol.h: what the helper is told, and what it tells. */
const ORDER = { signal: 1, resize: 2, kill: 3 } as const;
const EXITED = 3;
const REPORT_SIZE = 24;

const signalNames = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

function toOrder(kind: number, a = 0, b = 0): Buffer {
  const order = Buffer.alloc(8);
  order.writeUInt32LE(kind, 0);
  order.writeUInt16LE(a, 4);
  order.writeUInt16LE(b, 6);
  return order;
}

function toSignal(signal: NodeJS.Signals | number): number {
  const number = typeof signal === 'number' ? signal : constants.signals[signal];
  if (Number.isInteger(number) && number >= 0 && number <= 64) return number;
  throw new UsageError('signal', `is not known: ${String(signal)}`);
}

function toExit(report: Buffer): ExecExit {
  const [code, signal] = [report.readInt32LE(4), report.readInt32LE(8)];
  return signal === 0 ? { code, signal: null } : { code: null, signal: signalNames.get(signal) ?? null };
}

function toSocket(fd: number, direction: 'readable' | 'writable'): Socket | null {
  return fd < 0 ? null : new Socket({ fd, readable: direction === 'readable', writable: direction === 'writable' });
}

/**
 * A command that {@link execIn} has started. Declare it with `await using`, or await {@link exit}.
 *
 * It never outlives this program: when this program ends, however it does, the command's process group is killed. A child that
 * has left the group, by setsid(2) or setpgid(2), is not.
 */
export class ExecutedProcess implements AsyncDisposable {
  /** Its process id, as this process sees it. */
  readonly pid: number;
  /** Null when it is ignored. Errors: `EPIPE` when the command does not read. */
  readonly stdin: Writable | null;
  /** Null when it is ignored. */
  readonly stdout: Readable | null;
  /** Null when it is ignored, or with `tty`. */
  readonly stderr: Readable | null;
  /**
   * How it ended; its output can still be coming then.
   *
   * Errors: the reason of `signal`; `ETIMEDOUT`; `ECHILD` when its end was not seen, because the helper was killed, and the
   * command with it.
   */
  readonly exit: Promise<ExecExit>;
  readonly #terminal: boolean;
  readonly #control: Socket;
  readonly #closed: Promise<void>;
  #failure: { readonly reason: unknown } | null = null;

  /** @internal Use {@link execIn}. */
  constructor([handle, pid, control, stdin, stdout, stderr]: NativeCommand, options: ExecOptions) {
    this.#control = new Socket({ fd: control, readable: true, writable: true });
    this.pid = pid;
    this.stdin = toSocket(stdin, 'writable');
    this.stdout = toSocket(stdout, 'readable');
    this.stderr = toSocket(stderr, 'readable');
    addon.keepStreams(handle);
    this.#terminal = options.tty !== undefined && options.tty !== false;
    this.#closed = new Promise((resolve) =>
      this.#control.once('close', () => {
        addon.endCommand(handle);
        resolve();
      }),
    );
    this.exit = this.#watch(options);
    this.exit.catch(() => undefined);
  }

  #awaitExit(): Promise<ExecExit> {
    return new Promise((resolve, reject) => {
      let told = Buffer.alloc(0);
      this.#control.on('data', (bytes) => {
        told = Buffer.concat([told, bytes]);
        if (told.length >= REPORT_SIZE && told.readUInt32LE(0) === EXITED) resolve(toExit(told));
      });
      // what cannot be written is followed by the end, which says all
      this.#control.on('error', () => undefined);
      const lost = { errno: -constants.errno.ECHILD, syscall: 'exec', path: '', detail: 'the helper was killed' };
      void this.#closed.then(() => reject(new SystemError(lost, this.pid)));
    });
  }

  async #watch({ signal, timeout }: ExecOptions): Promise<ExecExit> {
    const abort = (): void => this.#end(signal?.reason);
    const expire = (): void => {
      const detail = `the command was killed after ${timeout} ms`;
      this.#end(new SystemError({ errno: -constants.errno.ETIMEDOUT, syscall: 'exec', path: '', detail }, this.pid));
    };
    const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    try {
      const exit = await this.#awaitExit();
      if (this.#failure !== null) throw this.#failure.reason;
      return exit;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      this.stdin?.destroy();
    }
  }

  #end(reason: unknown): void {
    this.#failure ??= { reason };
    this.#control.write(toOrder(ORDER.kill));
  }

  /** Sends it a signal. False when it has ended. */
  kill(signal: NodeJS.Signals | number = 'SIGTERM'): boolean {
    const order = toOrder(ORDER.signal, toSignal(signal));
    if (this.#control.destroyed || !this.#control.writable) return false;
    this.#control.write(order);
    return true;
  }

  /** Tells its terminal, and with it the command (`SIGWINCH`), how large it is now. */
  resize(columns: number, rows: number): void {
    if (!this.#terminal) throw new UsageError('tty', 'was not asked for: there is nothing to resize');
    const size = checkSize('size', { columns, rows });
    if (!this.#control.destroyed) this.#control.write(toOrder(ORDER.resize, ...size));
  }

  /** Kills its process group if it still runs, closes the streams, and waits until all is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream?.destroy();
    this.#control.end(toOrder(ORDER.kill));
    await this.#closed;
  }
}
