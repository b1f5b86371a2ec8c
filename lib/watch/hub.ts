import { randomBytes } from 'node:crypto';
import { callAddon } from '../call.ts';
import { SystemError } from '../errors.ts';
import { addon, type NativeVolumeReport, type Outcome, type ProcessHandle, type WatchHandle } from '../native.ts';
import { wipe } from './content.ts';
import { NEWS } from './report.ts';

/** Milliseconds between two looks for what is not there. */
const TICK = 1_000;
/** Ticks between two looks at what is there, in case an event was missed. */
const TICKS_OF_DISTRUST = 30;
const KEY_BYTES = 16;

/** Who is told of one volume. */
export interface VolumeListener {
  onReport(...report: NativeVolumeReport): void;
  /** The process has exited. */
  onExit(): void;
  /** The node's mount table has changed. */
  onMounts(): void;
  onTick(distrust: boolean): void;
}

/**
 * All volumes that this thread of JavaScript watches: one inotify descriptor, open as long as there is a volume.
 *
 * What is kept of values between events is a hash under a key that is drawn anew for each.
 */
class Hub {
  readonly #listeners = new Map<number, VolumeListener>();
  readonly #watch: WatchHandle;
  readonly #timer: NodeJS.Timeout;
  #last = 0;
  #ticks = 0;
  #keepers = 0;

  constructor() {
    const { value, error } = addon.openWatch(randomBytes(KEY_BYTES), this.#tell.bind(this));
    if (error !== undefined) throw new SystemError(error);
    this.#watch = value as WatchHandle;
    this.#timer = setInterval(() => this.#tick(), TICK).unref();
  }

  add(listener: VolumeListener, process: ProcessHandle | null, path: Uint8Array): number {
    const volume = ++this.#last;
    const { error } = addon.addVolume(this.#watch, volume, process, path);
    if (error !== undefined) throw new SystemError(error);
    this.#listeners.set(volume, listener);
    return volume;
  }

  remove(volume: number): void {
    this.#listeners.delete(volume);
    addon.removeVolume(this.#watch, volume);
  }

  reset(volume: number): void {
    addon.resetVolume(this.#watch, volume);
  }

  reread(volume: number): NativeVolumeReport {
    return addon.rereadVolume(this.#watch, volume);
  }

  async look(volume: number, timeout: number): Promise<Outcome<NativeVolumeReport>> {
    const [outcome] = await callAddon((id) => addon.lookAtVolume(id, this.#watch, volume, timeout), undefined);
    return outcome as Outcome<NativeVolumeReport>;
  }

  /** The program stays alive while somebody waits. */
  keepAlive(keep: boolean): void {
    this.#keepers += keep ? 1 : -1;
    addon.keepWatch(this.#watch, this.#keepers > 0);
  }

  get empty(): boolean {
    return this.#listeners.size === 0;
  }

  close(): void {
    clearInterval(this.#timer);
    addon.closeWatch(this.#watch);
  }

  #tell(volume: number, news: number, flags: number, content: ArrayBuffer | null): void {
    const listener = this.#listeners.get(volume);
    if (listener === undefined && content !== null) return wipe(content);
    if (news < NEWS.exited) listener?.onReport(news, flags, content);
    else if (news === NEWS.exited) listener?.onExit();
    else for (const each of [...this.#listeners.values()]) each.onMounts();
  }

  #tick(): void {
    this.#ticks = (this.#ticks + 1) % TICKS_OF_DISTRUST;
    for (const listener of [...this.#listeners.values()]) listener.onTick(this.#ticks === 0);
  }
}

export type { Hub };

let current: Hub | null = null;

/** The hub of this thread, for who adds a volume to it at once. */
export function openHub(): Hub {
  current ??= new Hub();
  return current;
}

/** Closes a hub that nobody needs any more. */
export function closeIfEmpty(hub: Hub): void {
  if (!hub.empty) return;
  if (current === hub) current = null;
  hub.close();
}
