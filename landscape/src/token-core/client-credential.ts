import { createHash, timingSafeEqual, type X509Certificate } from 'node:crypto';
import { thumbprintOf, type ClientCertificate } from './client-certificate';
import { haveSameNames } from './distinguished-name';

/** One way in which a client can prove who it is: there is one for each of its bindings. */
export type ClientCredential = SecretCredential | CertificateCredential;

export interface SecretCredential {
  readonly kind: 'secret';
  readonly matches: (secret: string) => boolean;
}

export interface CertificateCredential {
  readonly kind: 'certificate';
  /** The certificate that the binding was made with. */
  readonly thumbprint: string;
  /** `outdated`: the names are right, but the certificate is older than one that was accepted before. */
  readonly match: (presented: ClientCertificate, now: number) => 'match' | 'outdated' | 'other';
  /** Takes note that a certificate was accepted. */
  readonly recordUse?: (presented: ClientCertificate) => void;
  /** Whether the chain must reach the landscape's CA; otherwise the credential itself says whom it trusts. */
  readonly trust: 'chain' | 'credential';
}

/** Keeps a secret's hash only; the comparison takes the same time wherever it differs. */
export function createSecret(secret: string): SecretCredential {
  const expected = hash(secret);
  return { kind: 'secret', matches: (candidate) => timingSafeEqual(hash(candidate), expected) };
}

/** A certificate that the landscape's CA has issued for a binding. */
export function createGeneratedCertificate(certificate: X509Certificate): CertificateCredential {
  return { ...createPinnedCertificate(certificate), trust: 'chain' };
}

/** A certificate of the client's own: exactly this one is accepted. */
export function createPinnedCertificate(certificate: X509Certificate): CertificateCredential {
  const thumbprint = thumbprintOf(certificate);
  return {
    kind: 'certificate',
    thumbprint,
    trust: 'credential',
    match: (presented) => (presented.thumbprint === thumbprint ? 'match' : 'other'),
  };
}

const GRACE_MS = 10 * 60_000;

/**
 * A certificate of the client's own that may be renewed without a new binding: accepted are certificates with the same
 * subject and issuer that one of `issuers` has signed, if they are not older than the newest accepted so far or began less
 * than ten minutes ago (SAP Help: parameters for self-managed certificates, `certificate-pinning: false`). An authority
 * that has expired vouches for nothing any more (RFC 5280 §6.1.3).
 */
export function createRenewableCertificate(
  certificate: X509Certificate,
  issuers: readonly X509Certificate[],
): CertificateCredential {
  let newest = Date.parse(certificate.validFrom);
  const issuersAt = (now: number): X509Certificate[] =>
    issuers.filter((issuer) => issuer === certificate || Date.parse(issuer.validTo) > now);
  return {
    kind: 'certificate',
    thumbprint: thumbprintOf(certificate),
    trust: 'credential',
    match: ({ x509 }, now) => {
      if (!haveSameNames(x509, certificate) || !isSignedBy(x509, issuersAt(now))) return 'other';
      const begin = Date.parse(x509.validFrom);
      return begin < newest && now - begin >= GRACE_MS ? 'outdated' : 'match';
    },
    recordUse: ({ x509 }) => {
      newest = Math.max(newest, Date.parse(x509.validFrom));
    },
  };
}

/** Tells whether one of the certificates issued this one; a self-signed one is its own issuer. */
export function isSignedBy(certificate: X509Certificate, issuers: readonly X509Certificate[]): boolean {
  return issuers.some((issuer) => certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
