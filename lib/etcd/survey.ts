import { type EtcdClient, type EtcdOptions, type EtcdStatus, openEtcd } from './client.ts';
import { type EtcdConnection, parseEndpoint } from './connection.ts';
import { EtcdError } from './etcd-error.ts';

/** What an endpoint wants of a client; `accepted`: it lets one in without a certificate. */
export type WithoutCertificate = 'refused' | 'accepted' | 'unknown';

/** What one endpoint says of itself, and whom it lets in. */
export interface EndpointSurvey {
  /** As it was given. */
  readonly endpoint: string;
  /** Null where it gave no answer. */
  readonly status: EtcdStatus | null;
  /** Why it gave none. */
  readonly error: EtcdError | null;
  /** What becomes of a client that shows no certificate. */
  readonly withoutCertificate: WithoutCertificate;
  /** What is sent there and back can be read on the way. */
  readonly inClear: boolean;
}

async function open(connection: EtcdConnection, endpoint: string, options: EtcdOptions): Promise<EtcdClient> {
  return openEtcd({ ...connection, endpoints: [endpoint] }, options);
}

async function askStatus(
  connection: EtcdConnection,
  endpoint: string,
  options: EtcdOptions,
): Promise<{ status: EtcdStatus | null; error: EtcdError | null }> {
  try {
    await using client = await open(connection, endpoint, options);
    return { status: await client.status(endpoint), error: null };
  } catch (error) {
    if (error instanceof EtcdError) return { status: null, error };
    throw error;
  }
}

/** Not by the handshake: with TLS 1.3 that ends before etcd has looked at the certificate. */
async function tryWithout(
  { cert: _cert, key: _key, ...connection }: EtcdConnection,
  endpoint: string,
  options: EtcdOptions,
): Promise<WithoutCertificate> {
  const { error } = await askStatus(connection, endpoint, options);
  if (error === null || error.code === 'ERR_ETCD_DENIED') return 'accepted';
  return error.code === 'ERR_ETCD_REFUSED' ? 'refused' : 'unknown';
}

async function surveyOne(connection: EtcdConnection, endpoint: string, options: EtcdOptions): Promise<EndpointSurvey> {
  const { tls, path } = parseEndpoint(endpoint, connection.ca !== undefined || connection.cert !== undefined);
  const { status, error } = await askStatus(connection, endpoint, options);
  const answered = status !== null || error?.code === 'ERR_ETCD_REFUSED' || error?.code === 'ERR_ETCD_DENIED';
  const withoutCertificate =
    answered || error?.code === 'ERR_ETCD_LOST' ? await tryWithout(connection, endpoint, options) : 'unknown';
  return { endpoint, status, error, withoutCertificate, inClear: !tls && path === '' };
}

/**
 * Asks each endpoint of a connection for its status, and tries whether it lets a client in that shows no certificate: that one
 * asks for the same status, and for no key.
 *
 * Errors: AbortError, a UsageError. An endpoint that gives no answer is told as one.
 */
export async function surveyEtcd(connection: EtcdConnection, options: EtcdOptions = {}): Promise<EndpointSurvey[]> {
  return Promise.all(connection.endpoints.map((endpoint) => surveyOne(connection, endpoint, options)));
}
