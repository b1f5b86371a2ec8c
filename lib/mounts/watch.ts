import { UsageError } from '../errors.ts';
import { addon, type ProcessHandle } from '../native.ts';
import { type Process, transact } from '../process.ts';

/** What is told of a mount table. */
export interface MountEvent {
  /**
   * `ready`: from now on every change is told. `change`: something was mounted, unmounted or mounted with other options since
   * the last event. `gone`: the process has ended, and this is the last event.
   */
  readonly event: 'ready' | 'change' | 'gone';
}

/** How to watch a mount table. */
export interface MountWatchOptions {
  /** Ends the watch when it is aborted: the iteration throws its reason. */
  readonly signal?: AbortSignal;
}

/** What was told and not yet taken: changes that nobody has looked at in between are one. */
class Inbox {
  #changed = false;
  #gone = false;
  #wake: (() => void) | null = null;

  tell(gone: boolean): void {
    if (gone) this.#gone = true;
    else this.#changed = true;
    this.wake();
  }

  wake(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** The next event, as soon as there is one. */
  async next(signal: AbortSignal | undefined): Promise<'change' | 'gone'> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#changed) {
        this.#changed = false;
        return 'change';
      }
      if (this.#gone) return 'gone';
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

async function* watch(target: Process | number, signal: AbortSignal | undefined): AsyncGenerator<MountEvent, void> {
  const inbox = new Inbox();
  const wake = (): void => inbox.wake();
  const open = async (_id: number, one: number | ProcessHandle) => [addon.watchMounts(one, (gone) => inbox.tell(gone))];
  const handle = await transact(target, signal, open);
  signal?.addEventListener('abort', wake);
  try {
    yield { event: 'ready' };
    for (;;) {
      const event = await inbox.next(signal);
      yield { event };
      if (event === 'gone') return;
    }
  } finally {
    signal?.removeEventListener('abort', wake);
    addon.closeMountWatch(handle);
  }
}

/**
 * Tells when the mount table of a process changes, its mount namespace entered by nobody: `ready` first, then `change` after
 * mounts, unmounts and remounts, `gone` when the process ends.
 *
 * It tells that, not what: {@link listMounts} does. Several changes may be one event; none after `ready` is lost. It keeps the
 * program alive until it is left (`break`), aborted or at its end. While it watches, the mount namespace is held; it is let go
 * with the process. A process that joins another mount namespace later is not followed there.
 *
 * Errors: as {@link listMounts}, at the first step; the reason of `signal`.
 * Source: poll(2) POLLPRI on /proc/PID/mountinfo: proc_pid_mountinfo(5), "/proc/pid/mounts".
 */
export function watchMounts(
  target: Process | number,
  options: MountWatchOptions = {},
): AsyncIterableIterator<MountEvent> {
  if (typeof options !== 'object' || options === null) throw new UsageError('options', 'must be an object');
  const { signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new UsageError('signal', 'must be an AbortSignal');
  return watch(target, signal);
}
