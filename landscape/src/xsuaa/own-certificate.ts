import { X509Certificate } from 'node:crypto';
import { BrokerError } from '../broker';
import {
  createPinnedCertificate,
  createRenewableCertificate,
  isSignedBy,
  type CertificateCredential,
} from '../token-core/client-credential';
import { thumbprintOf } from '../token-core/client-certificate';

export interface OwnCertificateOptions {
  /** PEM: the client's certificate, its issuers behind it or not. */
  readonly certificate: string;
  readonly pinning: boolean;
  /** Issuers that the landscape knows anyway. */
  readonly authorities: readonly X509Certificate[];
  readonly now: number;
}

export interface OwnCertificate {
  readonly credential: CertificateCredential;
  /** What must be unique among the bindings of an instance: the hash, or with pinning off the two names. */
  readonly uniqueKey: string;
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Reads a certificate that the client brings along (SAP Help: Parameters for Self-Managed X.509 Certificates). Unlike XSUAA,
 * the landscape takes certificates of any issuer: nobody gets one of the five public authorities for a test.
 * @throws {BrokerError} when it is no certificate, holds a key, has expired, or cannot be renewed without pinning.
 */
export function readOwnCertificate({ certificate, pinning, authorities, now }: OwnCertificateOptions): OwnCertificate {
  const [leaf, ...issuers] = parseChain(certificate);
  if (Date.parse(leaf.validTo) <= now) throw refuse(`has expired on ${leaf.validTo}; give one that is valid`);
  if (pinning) return { credential: createPinnedCertificate(leaf), uniqueKey: thumbprintOf(leaf) };
  // Whoever signs a renewed certificate must be known, or anyone could make one with the same names.
  const trusted = [...issuers, ...authorities, leaf];
  if (!isSignedBy(leaf, trusted))
    throw refuse(
      'comes without its issuer, so that with "certificate-pinning": false a renewed one could not be checked; put the certificate of the issuer behind it',
    );
  return {
    credential: createRenewableCertificate(leaf, trusted),
    uniqueKey: `${leaf.subject}\n\n${leaf.issuer}`,
  };
}

function parseChain(pem: string): [X509Certificate, ...X509Certificate[]] {
  if (pem.includes('PRIVATE KEY')) throw refuse('holds a private key; the key stays with you');
  const blocks = pem.match(PEM_BLOCK) ?? [];
  try {
    const [leaf, ...rest] = blocks.map((block) => new X509Certificate(block));
    if (leaf !== undefined) return [leaf, ...rest];
  } catch {
    // Falls through to the same refusal: what is wrong inside a block does not help.
  }
  throw refuse(
    String.raw`is no certificate in PEM; it must begin with -----BEGIN CERTIFICATE-----, with line breaks written as \n in JSON`,
  );
}

function refuse(problem: string): BrokerError {
  return new BrokerError(400, `Error reading the binding parameters: "x509.certificate" ${problem}`);
}
