import { Readable } from 'node:stream';
import { callAddon } from '../call.ts';
import { SystemError, UsageError } from '../errors.ts';
import { addon, type FileHandle, type Outcome } from '../native.ts';
import { checkCount, checkWaitOptions, type WaitOptions } from '../options.ts';
import { unwrap } from './path.ts';
import { decodeStatus, type FileStatus } from './status.ts';

const LONGEST_READ = 2 ** 26;
const CHUNK = 2 ** 18;

/** What a stream of a file may be told. */
export interface FileStreamOptions extends WaitOptions {
  /** Fails with `EFBIG` rather than give more bytes. Default: none. */
  readonly maxBytes?: number;
}

/**
 * A regular file of a container, held open: reads are of this file, whatever its path leads to by now.
 *
 * It keeps the file system from being unmounted, as any open file does: close it, or declare it with `await using`.
 */
export class ContainerFile implements AsyncDisposable {
  readonly #pid: number;
  readonly #path: Uint8Array;
  #handle: FileHandle | null;
  readonly #reads = new Set<Promise<unknown>>();

  /** @internal Use {@link openIn}. */
  constructor(pid: number, path: Uint8Array, handle: FileHandle) {
    this.#pid = pid;
    this.#path = path;
    this.#handle = handle;
  }

  /**
   * Reads at most `length` bytes from `position` on: fewer at the end of the file, none behind it.
   *
   * Errors: `ETIMEDOUT` its file system gave no answer; whatever that answers, such as `EIO`; AbortError.
   */
  async read(position: number, length: number, options: WaitOptions = {}): Promise<Buffer> {
    const timeout = checkWaitOptions(options);
    checkCount('position', position, Number.MAX_SAFE_INTEGER);
    checkCount('length', length, LONGEST_READ);
    return this.#call(options.signal, (id, handle) => addon.readFile(id, handle, timeout, position, length));
  }

  /** What it is now. */
  async stat(options: WaitOptions = {}): Promise<FileStatus> {
    const timeout = checkWaitOptions(options);
    const packed = await this.#call(options.signal, (id, handle) => addon.statFile(id, handle, timeout));
    return decodeStatus(packed, 0) as FileStatus;
  }

  /**
   * The content from its start, read as fast as it is taken. The file stays open when the stream ends.
   *
   * Errors: those of {@link ContainerFile.read}, for each part, and `EFBIG`.
   */
  stream(options: FileStreamOptions = {}): Readable {
    checkWaitOptions(options);
    const { maxBytes = Number.MAX_SAFE_INTEGER } = options;
    checkCount('maxBytes', maxBytes, Number.MAX_SAFE_INTEGER);
    return Readable.from(this.#parts(maxBytes, options), { objectMode: false, highWaterMark: CHUNK });
  }

  async *#parts(maxBytes: number, options: WaitOptions): AsyncGenerator<Buffer> {
    for (let at = 0; ;) {
      const part = await this.read(at, CHUNK, options);
      if (part.length === 0) return;
      at += part.length;
      if (at > maxBytes) throw this.#tooLarge(at, maxBytes);
      yield part;
    }
  }

  #tooLarge(size: number, maxBytes: number): SystemError {
    const detail = `it has at least ${size} bytes, and maxBytes allows ${maxBytes}`;
    const path = Buffer.from(this.#path).toString();
    return new SystemError({ errno: -27, syscall: 'read', path, detail }, this.#pid);
  }

  async #call<Value>(
    signal: AbortSignal | undefined,
    start: (id: number, handle: FileHandle) => Promise<Outcome<Value>[]>,
  ): Promise<Value> {
    const handle = this.#handle;
    if (handle === null) throw new UsageError('file', 'has been closed');
    const call = callAddon((id) => start(id, handle), signal);
    this.#reads.add(call);
    try {
      const [outcome] = await call;
      return unwrap(outcome, this.#pid, this.#path);
    } finally {
      this.#reads.delete(call);
    }
  }

  /**
   * Closes it, after the reads that are under way. Later reads are refused. Can be called again.
   *
   * Where its file system gives no answer it is closed as far as this program goes, and the descriptor goes when it can.
   */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await Promise.allSettled(this.#reads);
    if (handle !== null) await callAddon((id) => addon.closeFile(id, handle, checkWaitOptions({})), undefined);
  }

  /** Closes it: for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
