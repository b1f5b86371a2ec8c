import { watchAllSecretVolumes } from '../volumes.ts';
import type { Trail } from '../trail/trail-result.ts';

/** How to wait until nobody holds an old version. */
export interface WaitingOptions {
  /** Milliseconds. */
  readonly patience: number;
  /** Looks once; whoever gets a trail disposes of its Secret. */
  readonly look: () => Promise<Trail>;
  /** Whether nobody holds an old version. */
  readonly isClear: (trail: Trail) => boolean;
  /** What tells that another look is worth while; may end, or fail, at any time. */
  readonly changes: (signal: AbortSignal) => readonly AsyncIterable<unknown>[];
  /** Told after each look, and then each second: milliseconds since the look, and until nobody waits any more. */
  readonly onTick: (trail: Trail, sinceLook: number, left: number) => void;
  /** Milliseconds between two looks. */
  readonly pause?: { readonly longest: number; readonly shortest: number };
}

/** New processes tell nobody that they are there. A rotation writes many volumes, one after the other. */
const PAUSE = { longest: 5_000, shortest: 1_000 };
const TICK = 1_000;

/** Whether something has changed since it was last asked. */
class Changes {
  #changed = false;
  #wake: () => void = () => undefined;

  async follow(source: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const _ of source) {
        this.#changed = true;
        this.#wake();
      }
    } catch {
      // then the next look comes by itself
    }
  }

  /** Until something has changed, for at most so many milliseconds; what changed before `from` is forgotten. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#changed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#changed = false;
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What kubelet writes on this node. */
export function watchNode(signal: AbortSignal): AsyncIterable<unknown> {
  return watchAllSecretVolumes({ signal });
}

/**
 * Looks again and again until two looks in a row are clear, or for so long; gives the last trail. One alone can fall between the
 * end of an old pod and the start of the new one, to which kubelet may still give what it has in its cache.
 */
export async function waitUntilClear(options: WaitingOptions): Promise<Trail> {
  const { patience, look, isClear, changes, onTick, pause: between = PAUSE } = options;
  const stop = new AbortController();
  const until = Date.now() + patience;
  const news = new Changes();
  const following = changes(stop.signal).map((source) => news.follow(source));
  try {
    for (let wasClear = false; ;) {
      const trail = await look();
      const looked = Date.now();
      const tick = (): void => onTick(trail, Date.now() - looked, until - Date.now());
      tick();
      const clear = isClear(trail);
      if ((clear && wasClear) || Date.now() >= until) return trail;
      wasClear = clear;
      const ticking = setInterval(tick, TICK);
      await pause(Math.min(between.shortest, until - looked));
      await news.wait(Math.max(0, Math.min(between.longest - between.shortest, until - Date.now())));
      clearInterval(ticking);
      trail.secret[Symbol.dispose]();
    }
  } finally {
    stop.abort();
    await Promise.all(following);
  }
}
