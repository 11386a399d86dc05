import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { webcrypto, X509Certificate } from 'node:crypto';

export const { ExtendedKeyUsage } = x509;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
export const DAY_MS = 24 * 60 * 60 * 1000;

export interface IssueOptions {
  /** As @peculiar/x509 reads it; default `CN=client,O=Example`, which it encodes in the order written. */
  readonly subject?: string;
  /** Days from now. */
  readonly begin?: number;
  readonly end?: number;
  /** Extended key usage; default clientAuth, `undefined` leaves the extension out. */
  readonly purposes?: readonly x509.ExtendedKeyUsage[] | undefined;
}

/** A certificate authority of a test. */
export interface TestAuthority {
  readonly pem: string;
  issue(options?: IssueOptions): Promise<X509Certificate>;
}

export interface AuthorityOptions {
  readonly name?: string;
  /** Days from now. */
  readonly end?: number;
  /** Whether the certificate says that it is an authority's. */
  readonly isAuthority?: boolean;
}

/** Makes an authority with a key of its own; two of the same name differ in nothing but that. */
export async function createTestAuthority({
  name = 'CN=Example CA',
  end = 100,
  isAuthority = true,
}: AuthorityOptions = {}): Promise<TestAuthority> {
  const keys = await generateKeys();
  const own = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    notBefore: days(-200),
    notAfter: days(end),
    extensions: [new x509.BasicConstraintsExtension(isAuthority, undefined, true)],
  });
  return {
    pem: own.toString('pem'),
    issue: async (options = {}) => {
      const { subject = 'CN=client,O=Example', begin = -1, end: until = 30 } = options;
      const purposes = 'purposes' in options ? options.purposes : [x509.ExtendedKeyUsage.clientAuth];
      const issued = await x509.X509CertificateGenerator.create({
        subject,
        issuer: name,
        publicKey: (await generateKeys()).publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        notBefore: days(begin),
        notAfter: days(until),
        extensions: purposes === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...purposes])],
      });
      return new X509Certificate(Buffer.from(issued.rawData));
    },
  };
}

function days(count: number): Date {
  return new Date(Math.floor((Date.now() + count * DAY_MS) / 1000) * 1000);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
