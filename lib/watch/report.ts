import type { NativeVolumeReport } from '../native.ts';

/** What a report is about. `look`: it takes a look that can wait. `mounts`: the mount table has changed. */
export const NEWS = { same: 0, read: 1, absent: 2, look: 3, exited: 4, mounts: 5 } as const;

/** Bits of `flags`. */
export const FLAG = { overflowed: 1, replaced: 2, heard: 4, truncated: 8, differs: 16 } as const;

/** What becomes of a key: {@link ReportedKey.mark}. */
export const MARK = { added: 1, changed: 2 } as const;

const HEAD_WORDS = 7;
const WORDS_OF_KEY = 3;
const WORD = 4;

/** A key, its value, and what has become of it. */
export interface ReportedKey {
  readonly name: Buffer;
  readonly value: Buffer;
  readonly mark: number;
}

/** What a report has read; names are copies, values are views. */
export interface ReportContent {
  readonly generation: string;
  readonly keys: readonly ReportedKey[];
  readonly removed: readonly Buffer[];
}

/**
 * A report of the addon, read as far as it is asked for. Shape: native/napi/watch.cc.
 *
 * What reads it runs with cold caches, so that few functions, closures and views cost less than few instructions.
 */
export class Report {
  readonly volume: number;
  readonly news: number;
  readonly flags: number;
  readonly #packed: ArrayBuffer;
  readonly #words: Uint32Array;

  constructor(packed: NativeVolumeReport) {
    const words = new Uint32Array(packed, 0, packed.byteLength >>> 2);
    this.#packed = packed;
    this.#words = words;
    this.volume = words[0] as number;
    this.news = words[1] as number;
    this.flags = words[2] as number;
  }

  content(): ReportContent {
    const words = this.#words;
    const removedWord = HEAD_WORDS + WORDS_OF_KEY * (words[3] as number);
    const endWord = removedWord + (words[4] as number);
    const bytes = Buffer.from(this.#packed);
    let valueAt = endWord * WORD + (words[6] as number);
    // one copy for all names: they outlive the values
    const names = Buffer.from(bytes.subarray(endWord * WORD, valueAt));
    let nameAt = words[5] as number;
    const generation = names.toString('utf8', 0, nameAt);
    const keys: ReportedKey[] = [];
    const removed: Buffer[] = [];
    for (let at = HEAD_WORDS; at < removedWord; at += WORDS_OF_KEY) {
      const name = names.subarray(nameAt, (nameAt += words[at] as number));
      const value = bytes.subarray(valueAt, (valueAt += words[at + 1] as number));
      keys.push({ name, value, mark: words[at + 2] as number });
    }
    for (let at = removedWord; at < endWord; ++at)
      removed.push(names.subarray(nameAt, (nameAt += words[at] as number)));
    return { generation, keys, removed };
  }

  /** Overwrites all of it. */
  wipe(): void {
    new Uint8Array(this.#packed).fill(0);
  }
}
