import type { EtcdCertificate } from '../etcd/certificate.ts';

/** @internal Why a certificate and its key cannot be shown to a server; null when they can. `matches`: as matchesKey gives it. */
export function findCertificateFault(certificate: EtcdCertificate | undefined, matches: boolean | null): string | null {
  if (certificate === undefined) return 'it holds no certificate';
  if (matches === false) return 'its key is that of another certificate';
  return matches === null ? 'its key cannot be read: it is encrypted, or none' : null;
}
