import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { CertificateCard } from '../scenario';
import { errorCode } from '../error-code';
import { Secret } from '../secret';

/** A certificate with its private key, proven to belong together; the key cannot reach a log or a page. */
export interface ClientCertificate {
  /** PEM, leaf first. */
  readonly chain: string;
  readonly key: Secret;
  /** The leaf, as a page may show it. */
  readonly card: CertificateCard;
}

/** Says everything that is wrong with a certificate and its key; each problem continues a sentence, e.g. `"key" is …`. */
export class UnusableCertificateError extends Error {
  override readonly name = 'UnusableCertificateError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

export interface CertificatePem {
  readonly certificate: string;
  readonly key: string;
  /** How a problem names the certificate; the field of a binding by default. */
  readonly certificateName?: string;
  /** How a problem names the key, where it did not come with the certificate. */
  readonly keyName?: string;
}

/**
 * Reads a PEM chain and the PEM private key of its first certificate. It does not look at the validity.
 * @throws {UnusableCertificateError} when one is damaged or they do not belong together.
 */
export function readClientCertificate(given: CertificatePem): ClientCertificate {
  const { certificateName = '"certificate"', keyName = '"key"', ...pem } = given;
  const problems: string[] = [];
  const leaf = readLeaf(pem.certificate, certificateName, problems);
  const key = readKey(pem.key, keyName, problems);
  if (leaf !== undefined && key !== undefined) {
    if (!leaf.checkPrivateKey(key))
      problems.push(
        `${keyName} does not belong to the first certificate in ${certificateName}: the leaf must come first`,
      );
    else checkChain({ ...pem, certificateName }, problems);
  }
  if (leaf === undefined || problems.length > 0) throw new UnusableCertificateError(problems);
  return { chain: pem.certificate, key: new Secret(pem.key), card: describeCertificate(leaf) };
}

/** Tells whether the certificate's validity has ended at `now` (milliseconds since the epoch). */
export function hasExpired(card: CertificateCard, now: number): boolean {
  return Date.parse(card.notAfter) <= now;
}

function readLeaf(pem: string, name: string, problems: string[]): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    problems.push(`${name} is no readable certificate (${errorCode(error)}): ${whyDamaged(pem)}`);
    return undefined;
  }
}

function readKey(pem: string, name: string, problems: string[]): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    problems.push(`${name} is no readable private key (${errorCode(error)}): ${whyDamaged(pem)}`);
    return undefined;
  }
}

/** OpenSSL reads the blocks behind the leaf only here. */
function checkChain(
  { certificate, certificateName, key }: Omit<Required<CertificatePem>, 'keyName'>,
  problems: string[],
): void {
  try {
    createSecureContext({ cert: certificate, key });
  } catch (error) {
    problems.push(
      `${certificateName} holds a damaged block behind the first (${errorCode(error)}): ${whyDamaged(certificate)}`,
    );
  }
}

function whyDamaged(pem: string): string {
  if (pem.trim() === '') return 'it is empty';
  if (pem.includes('\\n')) return 'its line breaks are the two characters \\ and n; they must be real line breaks';
  if (pem.includes('ENCRYPTED')) return 'it is encrypted, and this app has no password for it';
  if (!pem.includes('-----BEGIN')) return 'it must be PEM, starting with a line -----BEGIN …-----';
  if (!/-----BEGIN [A-Z0-9 ]+-----\r?\n/.test(pem)) return 'the line breaks are missing';
  return 'a block is damaged or cut off';
}

function describeCertificate(leaf: X509Certificate): CertificateCard {
  return {
    'x5t#S256': createHash('sha256').update(leaf.raw).digest('base64url'), // RFC 8705 §3.1
    subject: toRfc4514(leaf.subject),
    issuer: toRfc4514(leaf.issuer),
    notBefore: new Date(leaf.validFrom).toISOString(),
    notAfter: new Date(leaf.validTo).toISOString(),
  };
}

/** Node prints one RDN a line in the order of the encoding, values already escaped; RFC 4514 §2.1 reverses that order. */
function toRfc4514(name: string): string {
  return name.split('\n').toReversed().join(',').replaceAll(' + ', '+');
}
