import { GrpcStatus } from './status.ts';

const HEAD = 5;
/** 32 MiB: twenty of the longest values that etcd takes. */
const LONGEST_MESSAGE = 2 ** 25;

/** A message as gRPC sends it: a byte that says it is not compressed, its length, itself. */
export function envelop(message: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Takes messages out of the bytes of a call, in whatever parts they come. */
export class Envelopes {
  readonly #head = Buffer.alloc(HEAD);
  #headLength = 0;
  #message: Buffer | null = null;
  #length = 0;

  /** Whether the bytes end within a message. */
  get unfinished(): boolean {
    return this.#headLength > 0;
  }

  /** The messages that are complete with these bytes. */
  *push(chunk: Buffer): Generator<Buffer, void> {
    for (let at = 0; at < chunk.length || this.#isComplete();) {
      if (this.#message === null) at += this.#takeHead(chunk.subarray(at));
      else if (!this.#isComplete()) {
        const taken = chunk.copy(this.#message, this.#length, at);
        this.#length += taken;
        at += taken;
      }
      if (this.#isComplete()) yield this.#finish();
    }
  }

  #isComplete(): boolean {
    return this.#message !== null && this.#length === this.#message.length;
  }

  #takeHead(chunk: Buffer): number {
    const taken = chunk.copy(this.#head, this.#headLength);
    this.#headLength += taken;
    if (this.#headLength < HEAD) return taken;
    if (this.#head[0] !== 0) throw new GrpcStatus('INTERNAL', 'the answer is compressed, which nobody asked for');
    const length = this.#head.readUInt32BE(1);
    if (length > LONGEST_MESSAGE)
      throw new GrpcStatus('RESOURCE_EXHAUSTED', `the answer has ${length} bytes: more than ${LONGEST_MESSAGE}`);
    this.#message = Buffer.allocUnsafeSlow(length);
    this.#length = 0;
    return taken;
  }

  #finish(): Buffer {
    const message = this.#message as Buffer;
    this.#message = null;
    this.#headLength = 0;
    return message;
  }
}
