import { createPrivateKey, X509Certificate } from 'node:crypto';

/** What a certificate says. None of it is secret. */
export interface EtcdCertificate {
  /** `CN=kube-apiserver-etcd-client,O=kubeadm:cluster-admins`; bytes that no terminal should get are left as they are. */
  readonly subject: string;
  /** Who has signed it. */
  readonly issuer: string;
  /** What its owner may be called: `DNS:node1`, `IP Address:127.0.0.1`. */
  readonly names: readonly string[];
  /** It is not valid before. */
  readonly notBefore: Date;
  /** Nor after. */
  readonly notAfter: Date;
  /** Hexadecimal, colons between the bytes. */
  readonly fingerprint256: string;
  /** What it may be used for; null where it may be used for all. */
  readonly usages: readonly CertificateUsage[] | null;
  /** Its issuer is its subject. */
  readonly selfIssued: boolean;
}

/** A use of a certificate that matters here. */
export type CertificateUsage = 'client' | 'server' | 'other';

const LONGEST_PEM = 2 ** 20;
const MOST_CERTIFICATES = 64;
const MOST_NAMES = 256;
const LONGEST_TEXT = 4096;
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Source: RFC 5280, 4.2.1.12. */
const USAGES: Readonly<Record<string, CertificateUsage>> = {
  '1.3.6.1.5.5.7.3.1': 'server',
  '1.3.6.1.5.5.7.3.2': 'client',
};
/** Of any use. */
const ANY_USAGE = '2.5.29.37.0';

/** Commas within quotes belong to a name. Source: node:crypto, `subjectAltName`. */
function splitNames(text: string | undefined): string[] {
  const names = text?.match(/(?:[^",]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return names.slice(0, MOST_NAMES).map((name) => name.trim());
}

function usagesOf(certificate: X509Certificate): CertificateUsage[] | null {
  // types of Node say that it is always there
  const oids = certificate.keyUsage as string[] | undefined;
  if (oids === undefined || oids.includes(ANY_USAGE)) return null;
  return [...new Set(oids.map((oid) => USAGES[oid] ?? 'other'))];
}

function oneLine(name: string): string {
  return name.slice(0, LONGEST_TEXT).split('\n').filter(Boolean).join(',');
}

function describe(certificate: X509Certificate): EtcdCertificate {
  return {
    subject: oneLine(certificate.subject ?? ''),
    issuer: oneLine(certificate.issuer ?? ''),
    names: splitNames(certificate.subjectAltName),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    fingerprint256: certificate.fingerprint256,
    usages: usagesOf(certificate),
    selfIssued: certificate.checkIssued(certificate),
  };
}

function parse(pem: Uint8Array): X509Certificate[] {
  if (pem.length > LONGEST_PEM) return [];
  const blocks = Buffer.from(pem).toString('latin1').match(BLOCK) ?? [];
  return blocks.slice(0, MOST_CERTIFICATES).flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      // one of several in a file of authorities: the others are used
      return [];
    }
  });
}

/** Reads the certificates of a PEM file, at most 64; those that are damaged are left out. */
export function readCertificates(pem: Uint8Array): EtcdCertificate[] {
  return parse(pem).map(describe);
}

/** Whether a private key is that of the first certificate; null where one of them cannot be read. */
export function matchesKey(cert: Uint8Array, key: Uint8Array): boolean | null {
  const [certificate] = parse(cert);
  if (certificate === undefined) return null;
  try {
    return certificate.checkPrivateKey(createPrivateKey({ key: Buffer.from(key) }));
  } catch {
    // encrypted, or none: the error could quote it
    return null;
  }
}

/**
 * Whether one of the authorities has signed the first certificate, or one between them does; null where it cannot be told.
 * Times and uses are not looked at.
 */
export function isSignedBy(cert: Uint8Array, ca: Uint8Array): boolean | null {
  const [first, ...between] = parse(cert);
  const authorities = parse(ca);
  if (first === undefined || authorities.length === 0) return null;
  const signs = (issuer: X509Certificate, one: X509Certificate): boolean => {
    return one.checkIssued(issuer) && one.verify(issuer.publicKey);
  };
  let at = first;
  for (let step = 0; step <= between.length; step++) {
    if (authorities.some((authority) => signs(authority, at) || authority.raw.equals(at.raw))) return true;
    const next = between.find((one) => one !== at && signs(one, at));
    if (next === undefined) return false;
    at = next;
  }
  return false;
}
