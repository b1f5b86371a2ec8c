import { UsageError } from '../errors.ts';

/** A user of an etcd that has some. */
export interface EtcdUser {
  /** As in `etcdctl user list`. */
  readonly name: string;
  /** Is sent once, for a token. */
  readonly password: string;
}

/** How to reach an etcd. Certificates and keys are the contents of PEM files. */
export interface EtcdConnection {
  /**
   * Members of one cluster: `https://127.0.0.1:2379`, `http://…`, `unix:///run/kine.sock`, `unixs://…` (TLS over it), or
   * `host:port`, which is TLS where there is a certificate or a CA, as in etcdctl.
   */
  readonly endpoints: readonly string[];
  /** Who must have signed etcd's certificate; default: the authorities that Node knows. */
  readonly ca?: string | Uint8Array;
  /** The client's certificate, and those between it and its CA. */
  readonly cert?: string | Uint8Array;
  /** The key of {@link cert}. */
  readonly key?: string | Uint8Array;
  /** The name that etcd's certificate must have, where it is not the endpoint's. */
  readonly serverName?: string;
  /** Takes any certificate of etcd's: whoever answers can be anybody. Default: false. */
  readonly skipVerify?: boolean;
  /** For an etcd with users. */
  readonly user?: EtcdUser;
}

/** An endpoint, taken apart. */
export interface EtcdEndpoint {
  /** As it was given. */
  readonly text: string;
  readonly tls: boolean;
  /** Empty for a unix socket. */
  readonly host: string;
  readonly port: number;
  /** Empty but for a unix socket. */
  readonly path: string;
}

const MOST_ENDPOINTS = 64;
const LONGEST_SOCKET = 107;
const CLIENT_PORT = 2379;
const EXAMPLES = 'must be like https://127.0.0.1:2379, 127.0.0.1:2379 or unix:///run/kine.sock';

function parseSocket(text: string, path: string, tls: boolean): EtcdEndpoint {
  if (path === '' || path.includes('\0')) throw new UsageError('endpoints', `${EXAMPLES}, not '${text}'`);
  if (Buffer.byteLength(path) > LONGEST_SOCKET)
    throw new UsageError('endpoints', `must name sockets by at most ${LONGEST_SOCKET} bytes: '${text}'`);
  return { text, tls, host: '', port: 0, path };
}

/** Takes an endpoint apart; `secure` is whether one without a scheme is of TLS. */
export function parseEndpoint(text: unknown, secure: boolean): EtcdEndpoint {
  const [, scheme = '', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(String(text)) ?? [];
  if (typeof text !== 'string' || !['', 'http', 'https', 'unix', 'unixs'].includes(scheme))
    throw new UsageError('endpoints', EXAMPLES);
  if (scheme.startsWith('unix')) return parseSocket(text, rest, scheme === 'unixs');
  const [, six, four, digits] = /^(?:\[([0-9a-f:.%\w]+)\]|([^\s:/?#@[\]]+))(?::(\d{1,5}))?\/?$/i.exec(rest) ?? [];
  const host = six ?? four ?? '';
  const port = Number(digits ?? CLIENT_PORT);
  // the text is not shown: it may hold a password
  if (host === '' || port < 1 || port > 65_535) throw new UsageError('endpoints', EXAMPLES);
  return { text, tls: scheme === 'https' || (scheme === '' && secure), host, port, path: '' };
}

/** Takes the endpoints of a connection apart. */
export function parseEndpoints(connection: EtcdConnection): EtcdEndpoint[] {
  const { endpoints, ca, cert, skipVerify } = connection;
  if (!Array.isArray(endpoints) || endpoints.length < 1 || endpoints.length > MOST_ENDPOINTS)
    throw new UsageError('endpoints', `must be a list of 1 to ${MOST_ENDPOINTS}`);
  const secure = ca !== undefined || cert !== undefined || skipVerify === true;
  return [...new Set(endpoints as readonly unknown[])].map((text) => parseEndpoint(text, secure));
}
