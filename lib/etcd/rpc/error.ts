import { plainText } from '../../document/plain-text.ts';
import { EtcdError, type EtcdErrorCode } from '../etcd-error.ts';
import type { Link } from './link.ts';
import { GrpcStatus } from './status.ts';

function shownCertificate({ trust }: Link): string {
  const { certificate } = trust;
  if (certificate === null) return 'it wants a client certificate, and none was given';
  const subject = plainText(certificate.subject.replaceAll('\n', ', '));
  const issuer = plainText(certificate.issuer.replaceAll('\n', ', '));
  const expired = new Date(certificate.validTo).getTime() < Date.now();
  const state = expired
    ? `has expired: it was valid until ${certificate.validTo}`
    : `is valid until ${certificate.validTo}`;
  return `it refuses the client certificate (${subject}, signed by ${issuer}), which ${state}`;
}

/** A refusal comes as an alert, or only as the end of a connection that had never said anything. */
function explainLoss(error: unknown, link: Link): EtcdError {
  const { endpoint, proven, failure } = link;
  const cause = failure ?? error;
  const details = { endpoint: endpoint.text, cause };
  const say = (code: EtcdErrorCode, why: string): EtcdError =>
    new EtcdError(code, `etcd at '${endpoint.text}': ${why}`, details);
  const alert = cause instanceof Error && /alert/i.test(cause.message);
  if (endpoint.tls && (alert || !proven)) {
    const how = alert ? 'by a TLS alert' : 'it closed the connection after the handshake';
    return say('ERR_ETCD_REFUSED', `${shownCertificate(link)} (${how})`);
  }
  if (proven) return say('ERR_ETCD_LOST', 'the connection was lost');
  return say('ERR_ETCD_UNREACHABLE', 'it does not speak HTTP/2 there, or ended: is it https:// ?');
}

const DENIED = /permission denied|authentication failed|invalid auth token|user name is empty|auth store is old/;

function codeOf({ status, message }: GrpcStatus): EtcdErrorCode {
  if (status === 'PERMISSION_DENIED' || status === 'UNAUTHENTICATED' || DENIED.test(message)) return 'ERR_ETCD_DENIED';
  if (status === 'OUT_OF_RANGE' && message.includes('compacted')) return 'ERR_ETCD_COMPACTED';
  if (status === 'UNAVAILABLE') return 'ERR_ETCD_UNREACHABLE';
  return 'ERR_ETCD_ANSWER';
}

/** Makes of what a call failed with what the client promises. */
export function toEtcdError(error: unknown, method: string, link: Link, timeout: number): EtcdError {
  if (error instanceof EtcdError) return error;
  const { text: endpoint } = link.endpoint;
  if (!(error instanceof GrpcStatus)) return explainLoss(error, link);
  if (error.status === 'DEADLINE_EXCEEDED') {
    const message = `etcd at '${endpoint}' gave no answer to ${method} in ${timeout} ms`;
    return new EtcdError('ERR_ETCD_TIMEOUT', message, { endpoint });
  }
  const { status } = error;
  return new EtcdError(codeOf(error), `etcd at '${endpoint}' answered ${method} with: ${plainText(error.message)}`, {
    endpoint,
    status,
  });
}

const REPLACED: readonly EtcdErrorCode[] = [
  'ERR_ETCD_UNREACHABLE',
  'ERR_ETCD_LOST',
  'ERR_ETCD_TIMEOUT',
  'ERR_ETCD_REFUSED',
  'ERR_ETCD_CERTIFICATE',
];

/** Whether another endpoint may do better. */
export function isReplaceable(error: unknown): error is EtcdError {
  return error instanceof EtcdError && REPLACED.includes(error.code);
}

/** Of all endpoints: the one error, or all of them in one. */
export function joinAttempts(attempts: readonly EtcdError[]): EtcdError {
  const last = attempts.at(-1) as EtcdError;
  if (new Set(attempts.map(({ endpoint }) => endpoint)).size === 1) return last;
  const codes = new Set(attempts.map(({ code }) => code));
  const message = `no endpoint of etcd answers: ${attempts.map((one) => one.message).join('; ')}`;
  return new EtcdError(codes.size === 1 ? last.code : 'ERR_ETCD_UNREACHABLE', message, { attempts, cause: last });
}

/** Says that there was a part, and that no more is known. */
export function cutShort(error: EtcdError, part: string): EtcdError {
  const { endpoint, attempts, compactRevision, status } = error;
  const code = REPLACED.includes(error.code) ? 'ERR_ETCD_LOST' : error.code;
  return new EtcdError(code, `incomplete, only ${part} could be read: ${error.message}`, {
    attempts,
    cause: error,
    ...(endpoint === null ? {} : { endpoint }),
    ...(compactRevision === null ? {} : { compactRevision }),
    ...(status === null ? {} : { status }),
  });
}
