import type { PeerCertificate } from 'node:tls';
import type { EtcdEndpoint } from '../connection.ts';
import { EtcdError, type EtcdErrorCode } from '../etcd-error.ts';

type TlsError = Error & { code?: string; cert?: PeerCertificate };

const MOST_NAMES = 2_048;

const UNTRUSTED = 'is signed by another authority than the CA that was given';
const CERTIFICATE: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_HAS_EXPIRED: 'has expired, or one between it and its CA has',
  CERT_NOT_YET_VALID: 'is not valid yet: compare the clocks',
  CERT_REVOKED: 'has been revoked',
  INVALID_PURPOSE: 'is none for servers',
};

const PLACE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'there is no such socket',
  EACCES: 'not permitted: run as root',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be resolved now',
  ENETUNREACH: 'no route to the network',
  EHOSTUNREACH: 'no route to the host',
  ECONNRESET: 'it closed the connection at once',
};

function certificateProblem(error: TlsError, endpoint: EtcdEndpoint, serverName: string | undefined): string | null {
  if (error.code !== 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const problem = CERTIFICATE[error.code ?? ''];
    return problem === undefined ? null : `its certificate ${problem} (${error.code})`;
  }
  const names = (error.cert?.subjectaltname ?? '').slice(0, MOST_NAMES);
  const has = names === '' ? 'it names no host' : `it is for ${names}`;
  return `its certificate is not for '${serverName ?? endpoint.host}': ${has}; name the endpoint by one of them`;
}

/** An etcd without TLS, or another server, answers a handshake with something else, or not at all. */
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ECONNRESET']);

/** Says what a connection failed with. */
export function explainDial(cause: Error, endpoint: EtcdEndpoint, serverName: string | undefined): EtcdError {
  const error: TlsError = cause;
  const say = (code: EtcdErrorCode, why: string): EtcdError =>
    new EtcdError(code, `etcd at '${endpoint.text}': ${why}`, { endpoint: endpoint.text, cause });
  const problem = certificateProblem(error, endpoint, serverName);
  if (problem !== null) return say('ERR_ETCD_CERTIFICATE', problem);
  if (endpoint.tls && NO_TLS.has(error.code ?? ''))
    return say('ERR_ETCD_UNREACHABLE', `it does not speak TLS there (${error.code}): is it http:// ?`);
  const where = Object.hasOwn(PLACE, error.code ?? '') ? `${PLACE[error.code ?? '']} (${error.code})` : error.message;
  return say('ERR_ETCD_UNREACHABLE', where);
}
