import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import type { EtcdEndpoint } from '../connection.ts';
import { Call } from './call.ts';
import { dial, type Trust } from './dial.ts';
import { envelop } from './envelope.ts';
import { GrpcStatus } from './status.ts';
import { untilAborted, within } from './waiting.ts';

/** What each call may be told. */
export interface CallOptions {
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Of an etcd with users. */
  readonly token: string;
}

/** A method of a service, with the types of its messages. */
export type Method<I extends DescMessage, O extends DescMessage> = DescMethod & {
  readonly input: I;
  readonly output: O;
};

/** etcd takes a client that asks more often than every five seconds for a flood (grpc-keepalive-min-time). */
const PING_INTERVAL = 10_000;
/** What etcd may send before it is told to go on. By default it has to wait for us on every 64 KiB. */
const WINDOW = 2 ** 22;

/** One connection to one endpoint. When it is lost it stays so: whoever needs another one dials again. */
export class Link {
  readonly endpoint: EtcdEndpoint;
  readonly trust: Trust;
  /** Whether the server has answered a call. With TLS 1.3 it refuses a client's certificate only after the handshake. */
  proven = false;
  /** What the connection was lost with. */
  failure: Error | null = null;
  readonly #session: ClientHttp2Session;
  readonly #pings: NodeJS.Timeout;
  #calls = 0;

  private constructor(endpoint: EtcdEndpoint, trust: Trust, socket: Socket, timeout: number) {
    this.endpoint = endpoint;
    this.trust = trust;
    const fail = (error: Error): void => void (this.failure ??= error);
    socket.on('error', fail);
    const settings = { initialWindowSize: WINDOW, enablePush: false };
    this.#session = connect(originOf(endpoint), { createConnection: () => socket, settings });
    this.#session.on('error', fail).once('connect', () => this.#session.setLocalWindowSize(WINDOW));
    this.#session.unref();
    this.#pings = setInterval(() => this.#ping(timeout), PING_INTERVAL).unref();
    this.#session.once('close', () => clearInterval(this.#pings));
  }

  static async open(
    endpoint: EtcdEndpoint,
    trust: Trust,
    call: { timeout: number; signal: AbortSignal | undefined },
  ): Promise<Link> {
    return new Link(endpoint, trust, await dial(endpoint, trust, call), call.timeout);
  }

  /** Asks, and waits for the one answer. */
  async ask<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions,
  ): Promise<MessageShape<O>> {
    return fromBinary(method.output, await this.askRaw(method, request, options));
  }

  /** The same, with the bytes of the answer. */
  async askRaw<I extends DescMessage>(
    method: Method<I, DescMessage>,
    request: MessageInitShape<I>,
    options: CallOptions,
  ): Promise<Uint8Array> {
    const call = this.open(method, request, options);
    const { timeout, signal } = options;
    try {
      const answer = await untilAborted(within(wholeAnswer(call), timeout, overdue), signal);
      this.proven = true;
      return answer;
    } finally {
      call.close();
    }
  }

  /** Asks; its answers are read one after the other, and it is the caller who closes it. */
  open<I extends DescMessage>(
    method: Method<I, DescMessage>,
    request: MessageInitShape<I>,
    { token, timeout }: CallOptions,
  ): Call {
    const stream = this.#session.request(
      {
        ':method': 'POST',
        ':path': `/${method.parent.typeName}/${method.name}`,
        'content-type': 'application/grpc+proto',
        te: 'trailers',
        ...(token === '' ? {} : { token }),
        ...(method.methodKind === 'unary' ? { 'grpc-timeout': `${timeout}m` } : {}),
      },
      { endStream: false },
    );
    this.#count(stream);
    const call = new Call(stream);
    stream.write(envelop(toBinary(method.input, create(method.input, request))));
    // more requests would be told to a watch, were there any: its end is the call's
    if (method.methodKind !== 'bidi_streaming') stream.end();
    return call;
  }

  close(): void {
    clearInterval(this.#pings);
    this.#session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }

  /** A call that is under way keeps the program running; a connection does not. */
  #count(stream: ClientHttp2Stream): void {
    if (this.#calls++ === 0) this.#session.ref();
    stream.once('close', () => {
      if (--this.#calls === 0) this.#session.unref();
    });
  }

  #ping(timeout: number): void {
    if (this.#calls === 0 || this.#session.destroyed) return;
    const late = setTimeout(() => this.#session.destroy(new Error('it no longer answers')), timeout).unref();
    this.#session.ping(() => clearTimeout(late));
  }
}

function originOf({ tls, host, port, path }: EtcdEndpoint): string {
  const place = path === '' ? `${host.includes(':') ? `[${host.replace(/%.*/, '')}]` : host}:${port}` : 'localhost';
  return `${tls ? 'https' : 'http'}://${place}`;
}

function overdue(): GrpcStatus {
  return new GrpcStatus('DEADLINE_EXCEEDED', 'no answer in time');
}

/** The one answer, once the call has ended well. */
async function wholeAnswer(call: Call): Promise<Uint8Array> {
  const answer = await call.next();
  if (answer === null || (await call.next()) !== null)
    throw new GrpcStatus('INTERNAL', 'not one answer, but none or several');
  return answer;
}
