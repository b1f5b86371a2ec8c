import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type SecureContext, createSecureContext } from 'node:tls';
import { UsageError } from '../../errors.ts';
import type { EtcdConnection, EtcdEndpoint } from '../connection.ts';
import { EtcdError } from '../etcd-error.ts';
import { explainDial } from './dial-error.ts';

/** What TLS needs of a connection, made once. */
export interface Trust {
  readonly context: SecureContext;
  readonly verify: boolean;
  readonly serverName: string | undefined;
  /** The certificate that is shown to etcd. */
  readonly certificate: X509Certificate | null;
}

function parse<Value>(option: string, make: () => Value): Value {
  try {
    return make();
  } catch (cause) {
    // what OpenSSL says of a key holds nothing of it
    throw new UsageError(option, `cannot be used: ${(cause as Error).message}`);
  }
}

/** Throws a UsageError where certificate, key or CA are none, or do not go together. */
export function createTrust(connection: EtcdConnection): Trust {
  const { ca, cert, key, skipVerify = false, serverName } = connection;
  const text = (pem: string | Uint8Array | undefined) =>
    pem === undefined ? undefined : Buffer.from(pem as Uint8Array);
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(cert === undefined ? 'cert' : 'key', 'is missing: certificate and key belong together');
  const authorities = text(ca);
  if (authorities !== undefined) parse('ca', () => new X509Certificate(authorities));
  const shown = text(cert);
  const certificate = shown === undefined ? null : parse('cert', () => new X509Certificate(shown));
  const context = parse('key', () => createSecureContext({ ca: authorities, cert: shown, key: text(key) }));
  return { context, verify: !skipVerify, serverName, certificate };
}

function connectTo(endpoint: EtcdEndpoint, trust: Trust): { socket: Socket; ready: string } {
  const { host, port, path, tls } = endpoint;
  const place = path === '' ? { host, port } : { path };
  if (!tls) return { socket: connectPlain(place), ready: 'connect' };
  const name = trust.serverName ?? (path === '' ? host : 'localhost');
  const socket = connectTls({
    ...place,
    secureContext: trust.context,
    rejectUnauthorized: trust.verify,
    ALPNProtocols: ['h2'],
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  });
  return { socket, ready: 'secureConnect' };
}

/** A connection that is ready for HTTP/2. */
export async function dial(
  endpoint: EtcdEndpoint,
  trust: Trust,
  { timeout, signal }: { timeout: number; signal: AbortSignal | undefined },
): Promise<Socket> {
  signal?.throwIfAborted();
  const { socket, ready } = connectTo(endpoint, trust);
  const late = AbortSignal.timeout(timeout);
  try {
    await once(socket, ready, { signal: signal === undefined ? late : AbortSignal.any([late, signal]) });
    socket.setNoDelay(true);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    signal?.throwIfAborted();
    if (late.aborted)
      throw new EtcdError(
        'ERR_ETCD_TIMEOUT',
        `etcd at '${endpoint.text}' does not answer: no connection in ${timeout} ms`,
        {
          endpoint: endpoint.text,
        },
      );
    throw explainDial(error as Error, endpoint, trust.serverName);
  }
}
