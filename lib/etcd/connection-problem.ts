import type { PeerCertificate } from 'node:tls';

/** What node:net and node:tls fail with. */
export type ConnectionError = Error & { readonly code?: string; readonly cert?: PeerCertificate };

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

/** What is wrong with the certificate of a server that was called `name`; null where it is not that. */
export function certificateProblem(error: ConnectionError, name: string): string | null {
  if (error.code !== 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const problem = CERTIFICATE[error.code ?? ''];
    return problem === undefined ? null : `its certificate ${problem} (${error.code})`;
  }
  const names = (error.cert?.subjectaltname ?? '').slice(0, MOST_NAMES);
  const has = names === '' ? 'it names no host' : `it is for ${names}`;
  return `its certificate is not for '${name}': ${has}`;
}

/** Why there is no connection, in words where the code of the error is known. */
export function placeProblem({ code = '', message }: ConnectionError): string {
  return Object.hasOwn(PLACE, code) ? `${PLACE[code]} (${code})` : message;
}
