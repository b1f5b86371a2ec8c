import { Code, ConnectError } from '@connectrpc/connect';
import { EtcdError, type EtcdErrorCode } from '../etcd-error.ts';
import type { Link } from './link.ts';

const LONGEST_TEXT = 512;

/** `FailedPrecondition` is FAILED_PRECONDITION in the documents of gRPC. */
function nameOf(code: Code): string {
  return (Code[code] ?? 'Unknown').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** A server can say what it likes. */
export function plain(text: string): string {
  return text.slice(0, LONGEST_TEXT).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** What was said of the connection, from the outside in. */
function reasonsOf(error: unknown): string[] {
  const reasons: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    reasons.push('code' in at ? `${String(at.code)} ${at.message}` : at.message);
  }
  return reasons;
}

/** Whether it is the connection that failed, and not what etcd answered by it. */
function isConnection(error: ConnectError, link: Link): boolean {
  if (link.failure !== null) return true;
  if (error.code === Code.Aborted || error.code === Code.Internal || error.code === Code.Canceled)
    return error.cause !== undefined || /http\/2|protocol error|connection/i.test(error.rawMessage);
  return error.code === Code.Unavailable && (error.cause !== undefined || !error.rawMessage.startsWith('etcdserver'));
}

function shownCertificate({ trust }: Link): string {
  const { certificate } = trust;
  if (certificate === null) return 'it wants a client certificate, and none was given';
  const subject = plain(certificate.subject.replaceAll('\n', ', '));
  const issuer = plain(certificate.issuer.replaceAll('\n', ', '));
  const ends = new Date(certificate.validTo);
  const state = ends.getTime() < Date.now() ? 'has expired: it was valid until' : 'is valid until';
  return `it refuses the client certificate (${subject}, signed by ${issuer}), which ${state} ${certificate.validTo}`;
}

/** A refusal comes as an alert, or only as the end of a connection that had never said anything. */
function explainLoss(error: ConnectError, link: Link): EtcdError {
  const { endpoint, proven, failure } = link;
  const reasons = [...reasonsOf(failure), ...reasonsOf(error)];
  const details = { endpoint: endpoint.text, cause: failure ?? error };
  const alert = reasons.find((reason) => /alert|certificate/i.test(reason));
  if (endpoint.tls && (alert !== undefined || !proven)) {
    const how = alert === undefined ? 'it closed the connection after the handshake' : 'by a TLS alert';
    return new EtcdError('ERR_ETCD_REFUSED', `etcd at '${endpoint.text}': ${shownCertificate(link)} (${how})`, details);
  }
  if (proven) return new EtcdError('ERR_ETCD_LOST', `etcd at '${endpoint.text}': the connection was lost`, details);
  const hint = 'it does not speak HTTP/2 there, or ended: is it https:// ?';
  return new EtcdError('ERR_ETCD_UNREACHABLE', `etcd at '${endpoint.text}': ${hint}`, details);
}

const DENIED = /permission denied|authentication failed|invalid auth token|user name is empty|auth store is old/;

function codeOf({ code, rawMessage }: ConnectError): EtcdErrorCode {
  if (code === Code.PermissionDenied || code === Code.Unauthenticated || DENIED.test(rawMessage))
    return 'ERR_ETCD_DENIED';
  if (code === Code.OutOfRange && rawMessage.includes('compacted')) return 'ERR_ETCD_COMPACTED';
  if (code === Code.Unavailable) return 'ERR_ETCD_UNREACHABLE';
  return 'ERR_ETCD_ANSWER';
}

/** Makes of what a call failed with what the client promises. */
export function toEtcdError(error: unknown, method: string, link: Link, timeout: number): unknown {
  if (!(error instanceof ConnectError)) return error;
  const { text: endpoint } = link.endpoint;
  if (error.code === Code.DeadlineExceeded) {
    const message = `etcd at '${endpoint}' gave no answer to ${method} in ${timeout} ms`;
    return new EtcdError('ERR_ETCD_TIMEOUT', message, { endpoint });
  }
  if (isConnection(error, link)) return explainLoss(error, link);
  const status = nameOf(error.code);
  return new EtcdError(codeOf(error), `etcd at '${endpoint}' answered ${method} with: ${plain(error.rawMessage)}`, {
    endpoint,
    status,
  });
}

const REPLACED: readonly string[] = ['ERR_ETCD_UNREACHABLE', 'ERR_ETCD_LOST', 'ERR_ETCD_TIMEOUT', 'ERR_ETCD_REFUSED'];

/** Whether another endpoint may do better. */
export function isReplaceable(error: unknown): error is EtcdError {
  return error instanceof EtcdError && (REPLACED.includes(error.code) || error.code === 'ERR_ETCD_CERTIFICATE');
}

/** Of all endpoints: the one error, or all of them in one. */
export function joinAttempts(attempts: readonly EtcdError[]): EtcdError {
  const last = attempts.at(-1) as EtcdError;
  if (new Set(attempts.map(({ endpoint }) => endpoint)).size === 1) return last;
  const codes = new Set(attempts.map(({ code }) => code));
  const message = `no endpoint of etcd answers: ${attempts.map((one) => one.message).join('; ')}`;
  return new EtcdError(codes.size === 1 ? last.code : 'ERR_ETCD_UNREACHABLE', message, { attempts, cause: last });
}
