import type { Begin, ContainerItem, ProcessItem, Seen } from './protocol.ts';
import { ScanChild } from './scan-child.ts';

/** What is looked at in one go; what a child is lost with is tried again alone. */
export interface Batch {
  readonly processes: readonly ProcessItem[];
  readonly containers: readonly ContainerItem[];
}

/** What becomes of the parts of the work. */
export interface Outcome {
  /** Also of a part of a batch. */
  seen(batch: Batch, seen: Seen): void;
  /** It was not looked at to its end. */
  lost(batch: Batch, reason: string): void;
}

/** How the work is watched. */
export interface ScannerOptions {
  /** Milliseconds without news after which a child is killed. */
  readonly stall: number;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly start: () => Promise<ScanChild>;
}

/** What a child is given at its start; `pack` gives the values anew, as they are overwritten when they were sent. */
export interface Instructions {
  readonly begin: Begin;
  pack(): Buffer;
}

const AT_A_TIME = 2;
const MOST_CHILDREN = 32;

interface Part extends Batch {
  /** Its child was lost once: it has the next one for itself, so that it is known what that is lost by. */
  readonly alone: boolean;
}

function split({ processes, containers }: Part): Part[] {
  return [
    ...processes.map((one) => ({ processes: [one], containers: [], alone: true })),
    ...containers.map((one) => ({ processes: [], containers: [one], alone: true })),
  ];
}

function sizeOf({ processes, containers }: Batch): number {
  return processes.length + containers.length;
}

/**
 * Has batches looked at by a child, and by another when that is lost: one process that keeps a child waiting costs a child, a
 * `stall`, and its own row.
 */
export class Scanner {
  readonly #queue: Part[];
  readonly #outcome: Outcome;
  readonly #options: ScannerOptions;
  readonly #under = new Map<number, Part>();
  #batches = 0;
  /** Of the child that works now. */
  #wake: () => void = () => undefined;

  constructor(batches: readonly Batch[], outcome: Outcome, options: ScannerOptions) {
    this.#queue = batches.map((batch) => ({ ...batch, alone: false }));
    this.#outcome = outcome;
    this.#options = options;
  }

  /** Rejects when it is aborted, or no child can be started. `first`: a child that has been started already. */
  async run(first: Promise<ScanChild>, instructions: Instructions): Promise<void> {
    const end = performance.now() + this.#options.timeout;
    let child = await first;
    for (let children = 1; ; children++) {
      const reason = await this.#serve(child, instructions, end);
      if (reason === null) return;
      this.#retry(reason);
      if (this.#queue.length === 0) return;
      if (performance.now() >= end) return this.#giveUp('the time for the whole scan was up before its turn');
      if (children === MOST_CHILDREN)
        return this.#giveUp(`${MOST_CHILDREN} processes of podprobe were lost before its turn`);
      child = await this.#options.start();
    }
  }

  /** Until all is done (null), or the child is lost. */
  async #serve(child: ScanChild, { begin, pack }: Instructions, end: number): Promise<string | null> {
    const { signal, stall } = this.#options;
    child.listen(
      (seen) => this.#take(child, seen),
      () => this.#wake(),
    );
    try {
      signal?.throwIfAborted();
      child.begin(begin, pack());
      this.#feed(child);
      for (;;) {
        if (this.#under.size === 0) return (child.end(), null);
        const wait = Math.min(stall, end - performance.now());
        const news = await this.#news(child, wait);
        signal?.throwIfAborted();
        if (news === 'seen') continue;
        child.kill();
        if (news !== 'nothing') return `the process of podprobe that looked at it ${news}`;
        return wait < stall ? 'the time for the whole scan was up' : `nothing was heard of it for ${stall} ms`;
      }
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  /** What comes first: `seen`, `nothing` for so many milliseconds, or what the child is lost by. */
  async #news(child: ScanChild, milliseconds: number): Promise<string> {
    const { signal } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => this.#wake();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const seen = new Promise<string>((resolve) => (this.#wake = () => resolve('seen')));
      // when this thread was busy itself, what the child has sent comes after the timer
      const nothing = new Promise<string>((resolve) => {
        timer = setTimeout(() => setImmediate(() => resolve('nothing')), Math.max(0, milliseconds));
      });
      return await Promise.race([seen, child.loss, nothing]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  #feed(child: ScanChild): void {
    for (let [next] = this.#queue; next !== undefined; [next] = this.#queue) {
      const others = [...this.#under.values()];
      const limit = next.alone || others.some(({ alone }) => alone) ? 1 : AT_A_TIME;
      if (others.length >= limit) return;
      this.#queue.shift();
      this.#batches += 1;
      this.#under.set(this.#batches, next);
      child.work({ kind: 'work', batch: this.#batches, processes: next.processes, containers: next.containers });
    }
  }

  #take(child: ScanChild, seen: Seen): void {
    const part = this.#under.get(seen.batch);
    if (part === undefined) return;
    this.#under.delete(seen.batch);
    this.#outcome.seen(part, seen);
    this.#feed(child);
    this.#wake();
  }

  /** What was under way is tried again, alone; what was alone is lost. */
  #retry(reason: string): void {
    const parts = [...this.#under.values()];
    this.#under.clear();
    for (const part of parts) if (sizeOf(part) === 1 && part.alone) this.#outcome.lost(part, reason);
    this.#queue.unshift(...parts.filter((part) => !(sizeOf(part) === 1 && part.alone)).flatMap(split));
  }

  #giveUp(reason: string): void {
    for (const part of this.#queue.splice(0)) this.#outcome.lost(part, reason);
  }
}
