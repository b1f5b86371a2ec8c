import { EtcdError } from '../etcd-error.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** From where to where, the end not included. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A place in the bytes of a protobuf message, and its end. What does not fit throws `ERR_ETCD_ANSWER`. */
export class Cursor {
  readonly #bytes: Uint8Array;
  #at: number;
  #end: number;
  /** Number of the field that {@link next} came to. */
  field = 0;
  /** Its type on the wire. */
  type = 0;

  constructor(bytes: Uint8Array, { start, end }: Place = { start: 0, end: bytes.length }) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#at === this.#end) return false;
    const tag = this.#number();
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    return true;
  }

  /** The field, if it is a number. */
  varint(): bigint {
    this.#expect(VARINT);
    const start = this.#at;
    let value = 0;
    // seven bytes fit into a number; what is longer, such as the id of a lease, is rare
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return BigInt(value);
    }
    this.#at = start;
    return this.#longVarint();
  }

  /** Where the field is, if it is bytes. */
  place(): Place {
    const end = this.#endOfBytes();
    const start = this.#at;
    this.#at = end;
    return { start, end };
  }

  /** The field, if it is bytes: a part of the message, not a copy. */
  bytes(): Uint8Array {
    const { start, end } = this.place();
    return this.#bytes.subarray(start, end);
  }

  /** Has `read` go through the fields of the message that the field is. */
  message(read: () => void): void {
    const outer = this.#end;
    this.#end = this.#endOfBytes();
    read();
    this.#end = outer;
  }

  skip(): void {
    if (this.type === VARINT) this.varint();
    else if (this.type === FIXED64) this.#skipTo(this.#at + 8);
    else if (this.type === BYTES) this.#skipTo(this.#endOfBytes());
    else if (this.type === FIXED32) this.#skipTo(this.#at + 4);
    else throw malformed();
  }

  #expect(type: number): void {
    if (this.type !== type) throw malformed();
  }

  #endOfBytes(): number {
    this.#expect(BYTES);
    const end = this.#number() + this.#at;
    if (end > this.#end) throw malformed();
    return end;
  }

  #skipTo(at: number): void {
    if (at > this.#end) throw malformed();
    this.#at = at;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw malformed();
    return this.#bytes[this.#at++] as number;
  }

  /** A tag or a length: at most 32 bits. */
  #number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw malformed();
  }

  #longVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw malformed();
  }
}

function malformed(): EtcdError {
  return new EtcdError('ERR_ETCD_ANSWER', 'etcd sent an answer that is no message of its protocol');
}
