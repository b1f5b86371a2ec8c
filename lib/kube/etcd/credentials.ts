import { type EtcdCertificate, matchesKey, readCertificates } from '../../etcd/certificate.ts';
import type { WaitOptions } from '../../options.ts';
import { findCertificateFault } from '../certificate-fault.ts';
import type { Finding } from '../finding.ts';
import { ProcessFiles } from '../process-files.ts';
import type { ChosenFact, EtcdChoice, EtcdClientFiles } from './choice.ts';

/** What a client shows to an etcd that was found. Holds a private key: {@link wipeCredentials}. */
export interface EtcdCredentials {
  /** PEM of the authorities; null where there are none. */
  readonly ca: Buffer | null;
  /** PEM of the certificate; null where none can be used. */
  readonly cert: Buffer | null;
  /** PEM of its key. */
  readonly key: Buffer | null;
  /** Whose files the certificate and the key are. */
  readonly client: EtcdClientFiles | null;
  /** What the certificate says. */
  readonly certificate: EtcdCertificate | null;
  /** What could not be read or used. */
  readonly findings: readonly Finding[];
}

const LONGEST_PEM = 2 ** 18;

class PemReader {
  readonly findings: Finding[] = [];
  readonly #wait: WaitOptions;

  constructor(wait: WaitOptions) {
    this.#wait = wait;
  }

  async read({ value, viewer }: ChosenFact): Promise<Buffer | null> {
    const files = new ProcessFiles(viewer, this.#wait);
    const bytes = await files.readNamed(value, LONGEST_PEM);
    this.findings.push(...files.findings);
    return bytes;
  }
}

/** Why a certificate and its key are not shown; null when they can be. */
function findFault(owner: string, certificate: EtcdCertificate | undefined, matches: boolean | null): string | null {
  const fault = findCertificateFault(certificate, matches);
  if (fault !== null) return fault;
  const isClients = certificate?.usages?.includes('client') ?? true;
  return owner === 'etcd itself' && !isClients ? 'it may be used by servers only' : null;
}

/**
 * Reads the authorities and the client's certificate and key, of the first client whose files can be used.
 *
 * Errors: `ESRCH` the process whose files they are has exited. Whatever else could not be read is a finding.
 */
export async function readEtcdCredentials(choice: EtcdChoice, wait: WaitOptions = {}): Promise<EtcdCredentials> {
  const pem = new PemReader(wait);
  const ca = choice.caFile === null ? null : await pem.read(choice.caFile);
  for (const client of choice.clients) {
    const [cert, key] = [await pem.read(client.certFile), await pem.read(client.keyFile)];
    if (cert === null || key === null) continue;
    const [certificate] = readCertificates(cert);
    const fault = findFault(client.owner, certificate, matchesKey(cert, key));
    if (fault === null) {
      return { ca, cert, key, client, certificate: certificate ?? null, findings: pem.findings };
    }
    key.fill(0);
    pem.findings.push({ code: 'unusable-certificate', message: fault, path: client.certFile.value });
  }
  return { ca, cert: null, key: null, client: null, certificate: null, findings: pem.findings };
}

/** Overwrites the key. */
export function wipeCredentials({ key }: EtcdCredentials): void {
  key?.fill(0);
}
