/** A key of a Secret and its value. */
export interface SecretEntry {
  /** Path of the key below the volume. */
  readonly name: Buffer;
  /** Its bytes: a view of the event's buffer. */
  readonly value: Buffer;
}

/** What one generation holds, and what it is to the one before. */
export interface VolumeContent {
  readonly generation: string | null;
  readonly entries: readonly SecretEntry[];
  readonly added: readonly Buffer[];
  readonly changed: readonly Buffer[];
  readonly removed: readonly Buffer[];
}

/** Where an event has its content from, decoded when it is asked for. */
export interface ContentSource {
  readonly truncated: boolean;
  decode(): VolumeContent;
  wipe(): void;
}

const HEAD_WORDS = 4;
const WORDS_OF_KEY = 3;
const WORD = 4;

/** What becomes of a key. */
const MARK = { added: 1, changed: 2 } as const;

/**
 * A generation that the addon has read. Shape: native/napi/watch.cc.
 *
 * What reads it runs with cold caches, so that few functions, closures and views cost less than few instructions.
 */
export class PackedContent implements ContentSource {
  readonly truncated: boolean;
  readonly #packed: ArrayBuffer;

  constructor(packed: ArrayBuffer, truncated: boolean) {
    this.#packed = packed;
    this.truncated = truncated;
  }

  /** Names are copies, values are views. */
  decode(): VolumeContent {
    const words = new Uint32Array(this.#packed, 0, this.#packed.byteLength >>> 2);
    const removedWord = HEAD_WORDS + WORDS_OF_KEY * (words[0] as number);
    const endWord = removedWord + (words[1] as number);
    const bytes = Buffer.from(this.#packed);
    let nameAt = words[2] as number;
    let valueAt = endWord * WORD + (words[3] as number);
    // one copy for all names: they outlive the values
    const names = Buffer.from(bytes.subarray(endWord * WORD, valueAt));
    const generation = names.toString('utf8', 0, nameAt);
    const entries: SecretEntry[] = [];
    const added: Buffer[] = [];
    const changed: Buffer[] = [];
    const removed: Buffer[] = [];
    for (let at = HEAD_WORDS; at < removedWord; at += WORDS_OF_KEY) {
      const name = names.subarray(nameAt, (nameAt += words[at] as number));
      entries.push({ name, value: bytes.subarray(valueAt, (valueAt += words[at + 1] as number)) });
      if (words[at + 2] === MARK.added) added.push(name);
      else if (words[at + 2] === MARK.changed) changed.push(name);
    }
    for (let at = removedWord; at < endWord; ++at)
      removed.push(names.subarray(nameAt, (nameAt += words[at] as number)));
    return { generation, entries, added, changed, removed };
  }

  /** Overwrites all of it. */
  wipe(): void {
    wipe(this.#packed);
  }
}

/** Overwrites what the addon has read. */
export function wipe(packed: ArrayBuffer): void {
  new Uint8Array(packed).fill(0);
}

/** Of a volume that is not there. */
export const NO_CONTENT: ContentSource = {
  truncated: false,
  decode: () => ({ generation: null, entries: [], added: [], changed: [], removed: [] }),
  wipe: () => undefined,
};
