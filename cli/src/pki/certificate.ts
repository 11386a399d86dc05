import { createHash, X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import type { PemBlock } from './pem';
import { describeKey } from './private-key';
import { countDaysLeft } from './validity';

const certificateLabels: readonly string[] = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];
/** Extended key usages, RFC 5280 §4.2.1.12. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

export type CertificateRole = 'leaf' | 'intermediate' | 'root';

/** What a reader wants to know of a certificate; nothing in it is secret. */
export interface CertificateFacts {
  readonly role: CertificateRole;
  /** RFC 4514 order: the common name first. */
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whole days until notAfter, negative once it is over. */
  readonly daysLeft: number;
  readonly key: string;
  /** base64url(SHA-256(DER)), RFC 8705 §3.1: what `cnf` of a token bound to it holds. */
  readonly 'x5t#S256': string;
}

export function isCertificateBlock({ label }: PemBlock): boolean {
  return certificateLabels.includes(label);
}

/** @throws {Failure} `certificate-unreadable`; `what` names the block. */
export function readCertificate(block: PemBlock, what: string): X509Certificate {
  try {
    return new X509Certificate(block.der);
  } catch (error) {
    throw new Failure(
      'certificate-unreadable',
      `The ${what} cannot be decoded as an X.509 certificate: it is cut off or damaged.`,
      'Fetch the service key or binding anew and copy the value of "certificate" as a whole.',
      { cause: error },
    );
  }
}

export function computeThumbprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url');
}

export function describeCertificate(
  certificate: X509Certificate,
  role: CertificateRole,
  now: number,
): CertificateFacts {
  return {
    role,
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serialNumber: certificate.serialNumber,
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
    daysLeft: countDaysLeft(certificate, now),
    key: describeKey(certificate.publicKey),
    'x5t#S256': computeThumbprint(certificate),
  };
}

/** Formats Node's one-attribute-per-line name in the order of RFC 4514, as `openssl -nameopt RFC2253` prints it. */
export function formatName(name: string | undefined): string {
  return (name ?? '').split('\n').toReversed().join(',');
}

/** Not by `checkIssued`, which wants a key usage that only authorities have; a client's own certificate is no authority. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** Whether a TLS server may accept it from a client: no extended key usage at all means every use. */
export function allowsClientAuthentication(certificate: X509Certificate): boolean {
  return allowsUsage(certificate, CLIENT_AUTH);
}

/** Whether a TLS client may accept it from a server. */
export function allowsServerAuthentication(certificate: X509Certificate): boolean {
  return allowsUsage(certificate, SERVER_AUTH);
}

function allowsUsage(certificate: X509Certificate, usage: string): boolean {
  // Node's types say string[], but it is undefined where the extension is absent.
  const usages = certificate.keyUsage as string[] | undefined;
  return usages === undefined || usages.includes(usage) || usages.includes(ANY_USAGE);
}

/** Names with `*` that the certificate is for: its common name and its alternative DNS names. */
export function findWildcards({ subject, subjectAltName }: X509Certificate): string[] {
  const common = /^CN=(.*)$/m.exec(subject ?? '')?.[1];
  const alternative = [...(subjectAltName ?? '').matchAll(/DNS:([^\s,"]+)/g)].map(([, name = '']) => name);
  return [...new Set([...(common === undefined ? [] : [common]), ...alternative])].filter((name) => name.includes('*'));
}
