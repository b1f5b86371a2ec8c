import { Agent } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { type JsonObject, toObject } from '../../document/json.ts';
import { plainText } from '../../document/plain-text.ts';
import { UsageError } from '../../errors.ts';
import { checkMilliseconds } from '../../options.ts';
import { ApiError } from './api-error.ts';
import type { ApiClient, ApiConnection, ApiGetOptions, ApiOptions } from './client.ts';
import { type Answer, request } from './request.ts';

const DEFAULT_TIMEOUT = 5_000;
const LONGEST_TIMEOUT = 3_600_000;
const MOST_SOCKETS = 8;
/** What a header may hold. */
const TOKEN = /^[\x21-\x7e]{1,65536}$/;

function checkServer(server: unknown): URL {
  const url = typeof server === 'string' && URL.canParse(server) ? new URL(server) : null;
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  // the text is not shown: it may hold a password
  if (!isPlain || url.protocol !== 'https:') throw new UsageError('server', 'must be like https://10.0.0.1:6443');
  return url;
}

function checkToken(token: Uint8Array | undefined): Buffer | null {
  if (token === undefined) return null;
  const text = Buffer.from(token).toString('latin1').trim();
  if (!TOKEN.test(text)) throw new UsageError('token', 'must be one line of ASCII, and not empty');
  return Buffer.from(text, 'latin1');
}

function createAgent(connection: ApiConnection, host: string): Agent {
  const { ca, cert, key, serverName = host } = connection;
  const pem = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes));
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(cert === undefined ? 'cert' : 'key', 'is missing: certificate and key belong together');
  const secret = pem(key);
  try {
    const secureContext = createSecureContext({ ca: pem(ca), cert: pem(cert), key: secret, minVersion: 'TLSv1.2' });
    const name = isIP(serverName) === 0 ? { servername: serverName } : {};
    return new Agent({ secureContext, rejectUnauthorized: true, keepAlive: true, maxSockets: MOST_SOCKETS, ...name });
  } catch (cause) {
    // what OpenSSL says of a key holds nothing of it
    throw new UsageError('key', `cannot be used with ca and cert: ${(cause as Error).message}`);
  } finally {
    secret?.fill(0);
  }
}

/** What a Status object says. */
function messageOf({ body }: Answer): string {
  const message = toObject(body)['message'];
  return typeof message === 'string' ? plainText(message) : 'no reason is given';
}

class Client implements ApiClient {
  readonly server: string;
  readonly #url: URL;
  readonly #agent: Agent;
  readonly #token: Buffer | null;
  readonly #timeout: number;
  readonly #signal: AbortSignal | undefined;

  constructor(connection: ApiConnection, { timeout = DEFAULT_TIMEOUT, signal }: ApiOptions) {
    this.#timeout = checkMilliseconds('timeout', timeout, LONGEST_TIMEOUT);
    this.#signal = signal;
    this.#url = checkServer(connection.server);
    this.server = `${this.#url.origin}${this.#url.pathname.replace(/\/+$/, '')}`;
    this.#token = checkToken(connection.token);
    this.#agent = createAgent(connection, this.#url.hostname.replace(/^\[|\]$/g, ''));
  }

  async get(path: string, { query = {}, signal }: ApiGetOptions = {}): Promise<JsonObject | null> {
    const url = new URL(`${this.server}${path}`);
    url.search = new URLSearchParams(query).toString();
    const signals = [this.#signal, signal].filter((one) => one !== undefined);
    const headers = {
      accept: 'application/json',
      'user-agent': 'podprobe',
      ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token.toString('latin1')}` }),
    };
    const answer = await request({ url, server: this.server, agent: this.#agent, headers }, this.#timeout, signals);
    return this.#judge(answer, path);
  }

  close(): void {
    this.#agent.destroy();
    this.#token?.fill(0);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #judge(answer: Answer, path: string): JsonObject | null {
    const { status, body } = answer;
    if (status === 404) return null;
    const details = { server: this.server, status };
    if (status === 401)
      throw new ApiError('ERR_API_DENIED', `it does not know who asks (401): ${messageOf(answer)}`, details);
    if (status === 403) throw new ApiError('ERR_API_DENIED', `it denies ${path} (403): ${messageOf(answer)}`, details);
    if (status !== 200)
      throw new ApiError('ERR_API_ANSWER', `it answered ${path} with ${status}: ${messageOf(answer)}`, details);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return toObject(body);
    throw new ApiError('ERR_API_ANSWER', `its answer to ${path} is no object of JSON`, details);
  }
}

/** @internal Makes the client of {@link openApi}. */
export function connectApi(connection: ApiConnection, options: ApiOptions): ApiClient {
  return new Client(connection, options);
}
