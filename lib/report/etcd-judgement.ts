import type { Finding } from '../kube/finding.ts';
import type { EtcdReport } from './etcd-report.ts';

const SOON = 30 * 86_400_000;

function judgeCertificate({ certificate, certFile, signedByCa }: EtcdReport, now: number): Finding[] {
  if (certificate === null) return [];
  const path = certFile === null ? {} : { path: certFile.value };
  const left = certificate.notAfter.getTime() - now;
  const ends = certificate.notAfter.toISOString();
  return [
    ...(left <= 0 ? [{ code: 'expired-certificate', message: `it was valid until ${ends}: renew it`, ...path }] : []),
    ...(left > 0 && left < SOON ? [{ code: 'certificate-ends', message: `it is valid until ${ends}`, ...path }] : []),
    ...(signedByCa === false ? [{ code: 'other-authority', message: 'the CA has not signed it', ...path }] : []),
  ];
}

function judgeEndpoints({ surveys }: EtcdReport): Finding[] {
  return surveys.flatMap(({ endpoint, withoutCertificate, inClear }) => [
    ...(withoutCertificate === 'accepted'
      ? [{ code: 'no-client-certificates', message: `${endpoint} lets in whoever reaches it, without a certificate` }]
      : []),
    ...(inClear ? [{ code: 'no-tls', message: `${endpoint} is without TLS: Secrets can be read on the way` }] : []),
  ]);
}

function judgeSecrets({ secrets, census }: EtcdReport): Finding[] {
  const inClear = secrets?.state === 'in clear' || secrets?.state === 'mixed';
  const message =
    'Secrets are in the database in clear, all or some: configure encryption at rest, and write them again';
  const counted = (census?.findings ?? []).map((finding) => ({ code: finding.code, message: finding.message }));
  return [...(inClear ? [{ code: 'secrets-in-clear', message }] : []), ...counted];
}

/** What is wrong with an etcd, of what is reported of it; `now` in milliseconds. */
export function judgeEtcd(report: EtcdReport, now: number): Finding[] {
  return [...judgeCertificate(report, now), ...judgeEndpoints(report), ...judgeSecrets(report)];
}
