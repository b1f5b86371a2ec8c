import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { Envelopes } from './envelope.ts';
import { GrpcStatus, readStatus } from './status.ts';

/** The answers to one call. */
export class Call {
  readonly #stream: ClientHttp2Stream;
  readonly #messages: AsyncGenerator<Buffer, void>;
  #status: GrpcStatus | 'OK' | null = null;
  #foreign: string | null = null;

  constructor(stream: ClientHttp2Stream) {
    this.#stream = stream;
    stream.on('response', (headers) => this.#take(headers)).on('trailers', (headers) => this.#take(headers));
    // who waits for an answer is told by the iteration below
    stream.on('error', () => undefined);
    this.#messages = this.#read();
  }

  /** The next answer, however long it takes; null at the end. Throws a {@link GrpcStatus}, or what the connection ended with. */
  async next(): Promise<Buffer | null> {
    const { value, done } = await this.#messages.next();
    return done === true ? null : value;
  }

  /** With NO_ERROR for its code, Node 20 resets the stream for ever when its session is destroyed before etcd answers. */
  close(): void {
    if (!this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#stream.resume();
  }

  async *#read(): AsyncGenerator<Buffer, void> {
    const envelopes = new Envelopes();
    for await (const chunk of this.#stream) yield* envelopes.push(chunk as Buffer);
    if (this.#foreign !== null) throw new GrpcStatus('UNIMPLEMENTED', this.#foreign);
    if (this.#status instanceof GrpcStatus) throw this.#status;
    if (this.#status === null || envelopes.unfinished) throw new Error('the answer has no end');
  }

  #take(headers: IncomingHttpHeaders): void {
    const { ':status': code = 200, 'content-type': type = 'application/grpc' } = headers;
    if (code !== 200 || !type.startsWith('application/grpc')) {
      this.#foreign = `what answers there is no etcd: HTTP status ${code}, ${type}`;
      this.close();
    }
    this.#status = readStatus(headers) ?? this.#status;
  }
}
