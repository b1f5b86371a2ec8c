import type { IncomingMessage } from 'node:http';
import { type Agent, get } from 'node:https';
import { certificateProblem, type ConnectionError, placeProblem } from '../../etcd/connection-problem.ts';
import { ApiError } from './api-error.ts';

/** A request, and who is asked as messages name it. */
export interface ApiRequest {
  readonly url: URL;
  readonly server: string;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  /** Parsed; null where it is no JSON. */
  readonly body: unknown;
}

/** All pods of a node are less, page by page. */
const MOST_BYTES = 2 ** 25;

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // the parser's message quotes the text
    return null;
  }
}

async function readBody(response: IncomingMessage, server: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BYTES) {
        const message = `its answer has more than ${MOST_BYTES} bytes, and was not read`;
        throw new ApiError('ERR_API_ANSWER', message, { server, status: response.statusCode ?? null });
      }
    }
    const whole = Buffer.concat(chunks);
    const body = parse(whole);
    whole.fill(0);
    return body;
  } finally {
    for (const chunk of chunks) chunk.fill(0);
  }
}

function send({ url, agent, headers }: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers, signal }, resolve).on('error', reject);
  });
}

/** A server without TLS answers a handshake with something else. */
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO']);

function explain(error: ConnectionError, { url, server }: ApiRequest): ApiError {
  const say = (code: ApiError['code'], why: string): ApiError => new ApiError(code, why, { server, cause: error });
  const problem = certificateProblem(error, url.hostname);
  if (problem !== null) return say('ERR_API_CERTIFICATE', problem);
  if (/alert/i.test(error.message)) return say('ERR_API_REFUSED', 'it refuses the client certificate (by a TLS alert)');
  if (NO_TLS.has(error.code ?? '')) return say('ERR_API_UNREACHABLE', `it does not speak TLS there (${error.code})`);
  return say('ERR_API_UNREACHABLE', placeProblem(error));
}

/** Asks, and reads the whole answer. No redirection is followed. */
export async function request(wanted: ApiRequest, timeout: number, signals: readonly AbortSignal[]): Promise<Answer> {
  for (const signal of signals) signal.throwIfAborted();
  const late = AbortSignal.timeout(timeout);
  let response: IncomingMessage | null = null;
  try {
    response = await send(wanted, AbortSignal.any([late, ...signals]));
    return { status: response.statusCode ?? 0, body: await readBody(response, wanted.server) };
  } catch (error) {
    for (const signal of signals) signal.throwIfAborted();
    if (error instanceof ApiError) throw error;
    const details = { server: wanted.server, cause: error };
    if (late.aborted) throw new ApiError('ERR_API_TIMEOUT', `it gave no whole answer in ${timeout} ms`, details);
    if (response === null) throw explain(error as ConnectionError, wanted);
    throw new ApiError('ERR_API_ANSWER', 'the connection ended in the middle of its answer', details);
  }
}
