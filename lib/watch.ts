import { checkWaitOptions, type WaitOptions } from './options.ts';
import { openProcess, Process } from './process.ts';
import type { VolumeEvent } from './watch/event.ts';
import { EventQueue } from './watch/queue.ts';
import { type CheckedTarget, checkTarget, type VolumeTarget } from './watch/target.ts';
import { WatchedVolume } from './watch/volume.ts';

/**
 * The events of one secret volume, for one reader.
 *
 * It begins with the first `next()`, and keeps the program alive while somebody waits. At most 16 events wait to be read;
 * more become one `resync` with the last generation. Leave the loop, close it, or abort its signal to end it.
 */
export class SecretVolumeWatch implements AsyncIterableIterator<VolumeEvent, undefined>, AsyncDisposable {
  readonly #target: CheckedTarget;
  readonly #timeout: number;
  readonly #signal: AbortSignal | undefined;
  readonly #queue = new EventQueue((waiting) => this.#volume?.keepAlive(waiting));
  readonly #abort = (): void => this.#end({ error: this.#signal?.reason });
  #volume: WatchedVolume | null = null;
  #own: Process | null = null;
  #started: Promise<void> | null = null;
  #ended = false;

  /** @internal Use {@link watchSecretVolume}. */
  constructor(target: VolumeTarget, options: WaitOptions) {
    this.#target = checkTarget(target);
    this.#timeout = checkWaitOptions(options);
    this.#signal = options.signal;
  }

  /** The next event; done once the process has exited, or the watch was closed. */
  next(): Promise<IteratorResult<VolumeEvent, undefined>> {
    if (this.#volume !== null) return this.#queue.next();
    this.#started ??= this.#start();
    return this.#started.then(() => this.#queue.next());
  }

  /** Ends it. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.close();
    return { value: undefined, done: true };
  }

  /** Ends it; events that nobody has read are overwritten. Can be called again. */
  async close(): Promise<void> {
    this.#end({});
    this.#queue.clear();
    await this.#started;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends it: for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    if (this.#signal?.aborted === true) return this.#abort();
    this.#signal?.addEventListener('abort', this.#abort);
    try {
      const { process } = this.#target;
      if (process === null) return this.#watch(null);
      if (!(process instanceof Process)) this.#own = await openProcess(process);
      const held = this.#own ?? (process as Process);
      await held.atOnce(async (handle) => this.#watch({ handle, pid: held.pid }));
    } catch (error) {
      this.#end({ error });
    }
  }

  #watch(process: ConstructorParameters<typeof WatchedVolume>[0]['process']): void {
    if (this.#ended) return void this.#own?.close();
    const { path, shown } = this.#target;
    const sink = {
      onEvent: (event: VolumeEvent) => this.#queue.push(event),
      onEnd: () => this.#end({}),
      onError: (error: Error) => this.#end({ error }),
    };
    this.#volume = new WatchedVolume({ process, path, shown }, sink, this.#timeout);
  }

  #end(outcome: { readonly error?: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#queue.end(outcome);
    this.#volume?.close();
    void this.#own?.close();
  }
}

/**
 * Watches a secret volume: first what it holds (`ready`), then every generation that is another.
 *
 * Each event is one consistent generation. The last one is never missed; ones in between can be, when they follow each other
 * faster than they are read. One whose keys have the same bytes is no event. A path stays watched when the volume is gone,
 * and says `ready` when there is one again; with a process it ends when that exits. No descriptor of the volume is held
 * between reads.
 *
 * Errors, from `next()`: `ENOENT`, `ENOTDIR` no such directory; `ENOTSUP` its file system asks another process or machine,
 * as FUSE and NFS do; `EMFILE`, `ENOSPC` no inotify instance or watch left (the message names the limit); `ELOOP` a link of
 * /proc in the path; `EACCES`; `ESRCH` no such process; `ETIMEDOUT` its file system gave no answer; AbortError.
 * Source: inotify(7), openat2(2).
 */
export function watchSecretVolume(target: VolumeTarget, options: WaitOptions = {}): SecretVolumeWatch {
  return new SecretVolumeWatch(target, options);
}
