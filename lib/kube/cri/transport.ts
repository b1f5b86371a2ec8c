import { createConnection } from 'node:net';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';

/** gRPC over a unix socket. */
export interface SocketTransport {
  readonly transport: Transport;
  /** Ends the connection, and the calls under way. */
  close(): void;
}

/** The server's host in each request; a unix socket has none. */
const BASE = 'http://localhost';
/** 16 MiB, as the gRPC of containerd and kubelet. */
export const LONGEST_MESSAGE = 2 ** 24;

/** Connects with the first call. A longer answer than 16 MiB ends its call; none is decompressed. */
export function openTransport(path: string): SocketTransport {
  const sessionManager = new Http2SessionManager(BASE, {}, { createConnection: () => createConnection(path) });
  const transport = createGrpcTransport({
    baseUrl: BASE,
    sessionManager,
    readMaxBytes: LONGEST_MESSAGE,
    acceptCompression: [],
  });
  return { transport, close: () => sessionManager.abort() };
}
