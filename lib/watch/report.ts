import type { NativeVolumeReport } from '../native.ts';

/** What a report is about. `look`: it takes a look that can wait. `mounts`: the mount table has changed. */
export const NEWS = { same: 0, read: 1, absent: 2, look: 3, exited: 4, mounts: 5 } as const;

/** Bits of `flags`. */
export const FLAG = { overflowed: 1, replaced: 2, heard: 4, truncated: 8, differs: 16 } as const;

/** What becomes of a key: {@link Report.marks}. */
export const MARK = { added: 1, changed: 2 } as const;

const HEAD_WORDS = 6;

/** A report of the addon, read as far as it is asked for. Shape: native/napi/watch.cc. */
export class Report {
  readonly volume: number;
  readonly news: number;
  readonly flags: number;
  readonly #packed: ArrayBuffer;
  readonly #head: Uint32Array;

  constructor(packed: NativeVolumeReport) {
    this.#packed = packed;
    const head = new Uint32Array(packed, 0, HEAD_WORDS);
    this.#head = head;
    this.volume = head[0] as number;
    this.news = head[1] as number;
    this.flags = head[2] as number;
  }

  get generation(): string {
    const { keys, words } = this.#sizes();
    return Buffer.from(this.#packed, words * 4 + keys, this.#head[5]).toString();
  }

  /** Keys with their values and marks, then what was removed; names are copies, values are views. */
  content(): { entries: { name: Buffer; value: Buffer; mark: number }[]; removed: Buffer[] } {
    const { keys, removed, words } = this.#sizes();
    const lengths = new Uint32Array(this.#packed, HEAD_WORDS * 4, 2 * keys + removed);
    const marks = new Uint8Array(this.#packed, words * 4, keys);
    let at = words * 4 + keys + (this.#head[5] as number);
    const take = (i: number): Buffer => {
      const bytes = Buffer.from(this.#packed, at, lengths[i]);
      at += bytes.length;
      return bytes;
    };
    const takeName = (i: number): Buffer => Buffer.from(take(i));
    return {
      entries: Array.from(marks, (mark, i) => ({ name: takeName(2 * i), value: take(2 * i + 1), mark })),
      removed: Array.from({ length: removed }, (_, i) => takeName(2 * keys + i)),
    };
  }

  /** Overwrites all of it. */
  wipe(): void {
    new Uint8Array(this.#packed).fill(0);
  }

  #sizes(): { keys: number; removed: number; words: number } {
    const [keys, removed] = [this.#head[3] as number, this.#head[4] as number];
    return { keys, removed, words: HEAD_WORDS + 2 * keys + removed };
  }
}
