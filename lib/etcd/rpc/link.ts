import type { Socket } from 'node:net';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { EtcdEndpoint } from '../connection.ts';
import { dial, type Trust } from './dial.ts';

/** 32 MiB: twenty of the longest values that etcd takes. */
const LONGEST_MESSAGE = 2 ** 25;
/** etcd takes a client that asks more often than every five seconds for a flood (grpc-keepalive-min-time). */
const PING_INTERVAL = 10_000;
/** What etcd may send before it has to wait: the default, 64 KiB, makes it wait on every page. */
const WINDOW = 2 ** 20;

/** One connection to one endpoint. When it is lost it stays so: whoever needs another one dials again. */
export class Link {
  readonly endpoint: EtcdEndpoint;
  readonly trust: Trust;
  readonly transport: Transport;
  /** Whether the server has answered a call. With TLS 1.3 it refuses a client's certificate only after the handshake. */
  proven = false;
  /** What the connection was lost with. */
  failure: Error | null = null;
  readonly #manager: Http2SessionManager;

  private constructor(endpoint: EtcdEndpoint, trust: Trust, socket: Socket, timeout: number) {
    this.endpoint = endpoint;
    this.trust = trust;
    const base = `${endpoint.tls ? 'https' : 'http'}://${endpoint.path === '' ? hostOf(endpoint) : 'localhost'}`;
    let taken = false;
    const createConnection = (): Socket => {
      if (taken) throw new Error('the connection was lost');
      taken = true;
      return socket;
    };
    socket.on('error', (error) => (this.failure ??= error));
    const pings = { pingIntervalMs: PING_INTERVAL, pingTimeoutMs: timeout };
    const settings = { initialWindowSize: WINDOW };
    this.#manager = new Http2SessionManager(base, pings, { createConnection, settings });
    this.transport = createGrpcTransport({
      baseUrl: base,
      sessionManager: this.#manager,
      readMaxBytes: LONGEST_MESSAGE,
      acceptCompression: [],
    });
  }

  static async open(
    endpoint: EtcdEndpoint,
    trust: Trust,
    call: { timeout: number; signal: AbortSignal | undefined },
  ): Promise<Link> {
    return new Link(endpoint, trust, await dial(endpoint, trust, call), call.timeout);
  }

  close(): void {
    this.#manager.abort();
  }
}

function hostOf({ host, port }: EtcdEndpoint): string {
  return `${host.includes(':') ? `[${host.replace(/%.*/, '')}]` : host}:${port}`;
}
