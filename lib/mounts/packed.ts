import { isUtf8 } from 'node:buffer';
import type { NativeMountTable } from '../native.ts';

/** Words of a kind: native/core/mount_table.h. */
const WORDS = 8;

/** The kernel's text; bytes that are not UTF-8 are escaped as it escapes others, so that none is lost. */
function kernelText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  return bytes
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** The texts of a table, each of which many mounts have. */
class Texts {
  readonly #ends: Uint32Array;
  readonly #block: Buffer;
  readonly #decoded = new Map<number, string>();

  constructor({ ends, block }: NativeMountTable) {
    this.#ends = new Uint32Array(ends);
    this.#block = Buffer.from(block);
  }

  bytes(index: number): Buffer {
    return this.#block.subarray(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }

  text(index: number): string {
    let text = this.#decoded.get(index);
    if (text === undefined) this.#decoded.set(index, (text = kernelText(this.bytes(index))));
    return text;
  }
}

/** @internal What mounts can have in common: all but their ids and mount points. Each field is decoded when it is asked for. */
export class MountKind {
  readonly #texts: Texts;
  readonly #words: Uint32Array;

  constructor(texts: Texts, words: Uint32Array) {
    this.#texts = texts;
    this.#words = words;
  }

  #word(which: number): number {
    return this.#words[which] as number;
  }

  get major(): number {
    return this.#word(0);
  }

  get minor(): number {
    return this.#word(1);
  }

  get root(): Buffer {
    return this.#texts.bytes(this.#word(2));
  }

  get options(): string {
    return this.#texts.text(this.#word(3));
  }

  get optional(): string {
    return this.#texts.text(this.#word(4));
  }

  get type(): string {
    return this.#texts.text(this.#word(5));
  }

  get source(): Buffer {
    return this.#texts.bytes(this.#word(6));
  }

  get superOptions(): string {
    return this.#texts.text(this.#word(7));
  }
}

/** @internal One mount; its mount point is a part of `points`. */
export interface PackedMount {
  readonly id: number;
  readonly parent: number;
  readonly kind: MountKind;
  readonly points: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The numbers of a packed table, one after the other. */
class Numbers {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** LEB128. Not with shifts: it may have 33 bits. */
  next(): number {
    let number = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++] as number;
      if (byte < 128) return number + byte * scale;
      number += (byte - 128) * scale;
    }
  }

  /** Zigzag. */
  nextSigned(): number {
    const number = this.next();
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
  }
}

function kindsOf(table: NativeMountTable): MountKind[] {
  const words = new Uint32Array(table.kinds);
  const texts = new Texts(table);
  const kindAt = (_: unknown, i: number) => new MountKind(texts, words.subarray(i * WORDS, (i + 1) * WORDS));
  return Array.from({ length: words.length / WORDS }, kindAt);
}

/** @internal The mounts of a packed table, in its order: native/core/mount_table.h says how it is packed. */
export function unpackMounts(table: NativeMountTable): PackedMount[] {
  const kinds = kindsOf(table);
  const points = Buffer.allocUnsafeSlow(table.pointBytes);
  const numbers = new Numbers(Buffer.from(table.mounts));
  let [id, parent, before, end] = [0, 0, 0, 0];
  return Array.from({ length: table.size }, () => {
    id += numbers.nextSigned();
    parent += numbers.nextSigned();
    const kind = kinds[numbers.next()] as MountKind;
    const common = numbers.next();
    const rest = numbers.next();
    const start = end;
    points.copy(points, start, before, before + common);
    numbers.bytes.copy(points, start + common, numbers.at, numbers.at + rest);
    numbers.at += rest;
    before = start;
    end = start + common + rest;
    return { id, parent, kind, points, start, end };
  });
}
