import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DescMessage, create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';

/** What becomes of a call; `method` is `/runtime.v1.RuntimeService/Version`. */
export type Answer = (stream: ServerHttp2Stream, method: string) => void;

/** A frame of gRPC: a byte, a length, a message. */
export function frame(message: Uint8Array, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** Ends a call with a status of gRPC, after these bytes. */
export function end(stream: ServerHttp2Stream, bytes: Uint8Array, status = 0, message = ''): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc+proto' };
  stream.respond(headers, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': message }));
  stream.end(bytes);
}

/** Answers with a message. */
export function reply<Schema extends DescMessage>(
  stream: ServerHttp2Stream,
  schema: Schema,
  message: MessageInitShape<Schema>,
): void {
  end(stream, frame(toBinary(schema, create(schema, message))));
}

/** A server on a unix socket that answers each call as a test wants it. */
export class CriServer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'podprobe-cri-'));
  readonly socket = join(this.#folder, 'sock');
  /** Of all calls, in order. */
  readonly methods: string[] = [];
  readonly #server: Http2Server = createServer();
  readonly #sessions = new Set<ServerHttp2Session>();

  static async start(answer: Answer): Promise<CriServer> {
    const cri = new CriServer();
    cri.#server.on('session', (session) => {
      cri.#sessions.add(session);
      session.on('close', () => cri.#sessions.delete(session)).on('error', () => undefined);
    });
    cri.#server.on('stream', (stream, headers) => {
      const method = String(headers[':path']);
      cri.methods.push(method);
      stream.on('error', () => undefined);
      answer(stream, method);
    });
    cri.#server.listen(cri.socket);
    await once(cri.#server, 'listening');
    return cri;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sessions.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    await closed;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
