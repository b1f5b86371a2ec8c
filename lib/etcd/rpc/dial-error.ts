import type { EtcdEndpoint } from '../connection.ts';
import { certificateProblem, type ConnectionError, placeProblem } from '../connection-problem.ts';
import { EtcdError, type EtcdErrorCode } from '../etcd-error.ts';

/** An etcd without TLS, or another server, answers a handshake with something else, or not at all. */
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ECONNRESET']);

/** Says what a connection failed with. */
export function explainDial(cause: Error, endpoint: EtcdEndpoint, serverName: string | undefined): EtcdError {
  const error: ConnectionError = cause;
  const say = (code: EtcdErrorCode, why: string): EtcdError =>
    new EtcdError(code, `etcd at '${endpoint.text}': ${why}`, { endpoint: endpoint.text, cause });
  const problem = certificateProblem(error, serverName ?? endpoint.host);
  const cure = error.code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? '; name the endpoint by one of them' : '';
  if (problem !== null) return say('ERR_ETCD_CERTIFICATE', `${problem}${cure}`);
  if (endpoint.tls && NO_TLS.has(error.code ?? ''))
    return say('ERR_ETCD_UNREACHABLE', `it does not speak TLS there (${error.code}): is it http:// ?`);
  return say('ERR_ETCD_UNREACHABLE', placeProblem(error));
}
