import type { VolumeEvent } from './event.ts';
import { mergeEvents } from './merge.ts';

/** Events that may wait to be read; one more, and they become one. */
const MOST_PENDING = 16;

type Waiter = {
  readonly resolve: (result: IteratorResult<VolumeEvent, undefined>) => void;
  readonly reject: (error: unknown) => void;
};

const SETTLED = Promise.resolve();
const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true };

/** The events of one volume between those who write and those who read them: never more than a few, and always the last. */
export class EventQueue {
  #pending: VolumeEvent[] = [];
  #waiters: Waiter[] = [];
  #end: { readonly error?: unknown } | null = null;
  /** Nobody waits, and `onWaiters` has yet to be told. */
  #leaving = false;
  readonly #onWaiters: (waiting: boolean) => void;
  readonly #leave = (): void => {
    if (!this.#leaving) return;
    this.#leaving = false;
    this.#onWaiters(false);
  };

  /** `onWaiters` is told when somebody begins to wait, and when nobody does any more. */
  constructor(onWaiters: (waiting: boolean) => void) {
    this.#onWaiters = onWaiters;
  }

  push(event: VolumeEvent): void {
    if (this.#end !== null) return event.wipe();
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ value: event, done: false });
      if (this.#waiters.length === 0) this.#leaveLater();
      return;
    }
    this.#pending.push(event);
    if (this.#pending.length > MOST_PENDING) this.#pending = mergeEvents(this.#pending);
  }

  /** Behind the reader's next step: mostly it waits again by then, and nobody need be told of either. */
  #leaveLater(): void {
    this.#leaving = true;
    void SETTLED.then(this.#leave);
  }

  /** Nothing comes any more; with an error, that is what whoever reads on gets once. */
  end(outcome: { readonly error?: unknown } = {}): void {
    if (this.#end !== null) return;
    this.#end = outcome;
    const waiters = this.#waiters.splice(0);
    if (waiters.length === 0) return;
    waiters.forEach(({ resolve, reject }) => {
      const error = this.#takeError();
      if (error === null) resolve(DONE);
      else reject(error.reason);
    });
    this.#onWaiters(false);
  }

  /** Overwrites what nobody will read. */
  clear(): void {
    for (const event of this.#pending.splice(0)) event.wipe();
  }

  next(): Promise<IteratorResult<VolumeEvent, undefined>> {
    const event = this.#pending.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    const error = this.#takeError();
    if (error !== null) return Promise.reject(error.reason);
    if (this.#end !== null) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#waiters.length !== 1) return;
      if (this.#leaving) this.#leaving = false;
      else this.#onWaiters(true);
    });
  }

  #takeError(): { readonly reason: unknown } | null {
    if (this.#end === null || !('error' in this.#end)) return null;
    const reason = this.#end.error;
    this.#end = {};
    return { reason };
  }
}
