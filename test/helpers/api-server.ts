import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { ApiConnection } from '../../lib/kube/api/client.ts';
import { Authority, type Credentials } from './certificates.ts';
import { missing } from './toolchain.ts';

/** Why there can be no such server here. */
export function apiServerMissing(): string | undefined {
  return missing(['openssl']);
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as kube-apiserver does, by path: with an object, a status, or as a handler will. */
export class ApiServer implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'podprobe-api-'));
  readonly authority = new Authority(this.folder, 'ca');
  readonly kubelet: Credentials = this.authority.issue('system:node:node-1', { purpose: 'clientAuth' });
  /** What was asked, in order: the path with its parameters. */
  readonly asked: string[] = [];
  readonly objects = new Map<string, object | number | Handler>();
  readonly #server: Server;
  token: string | null = null;

  private constructor(names: string) {
    const { cert, key } = this.authority.issue('server', { purpose: 'serverAuth', names });
    const ca = this.authority.pem;
    // as kube-apiserver: it asks for a certificate, and answers 401 without one
    const tls = { cert, key, ca, requestCert: true, rejectUnauthorized: false };
    this.#server = createServer(tls, (request, response) => this.#answer(request, response));
  }

  static async start(names = 'IP:127.0.0.1'): Promise<ApiServer> {
    const server = new ApiServer(names);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** How kubelet would reach it. */
  get connection(): ApiConnection {
    const { cert, key } = this.kubelet;
    return {
      server: this.url,
      ca: Buffer.from(this.authority.pem),
      cert: Buffer.from(cert),
      key: Buffer.from(key),
    };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(request.url ?? '');
    const isKnown =
      (request.socket as TLSSocket).authorized || request.headers.authorization === `Bearer ${this.token}`;
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const found = isKnown ? (this.objects.get(path) ?? 404) : 401;
    if (typeof found === 'function') return found(request, response);
    const status = typeof found === 'number' ? found : 200;
    const body = typeof found === 'number' ? { kind: 'Status', code: status, message: `reason of ${status}` } : found;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
    rmSync(this.folder, { recursive: true });
  }
}
