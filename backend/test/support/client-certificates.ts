import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { createHash, webcrypto } from 'node:crypto';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

export interface TestCertificate {
  readonly der: Buffer;
  readonly pem: string;
  /** One line of base64 DER, as the router writes it. */
  readonly line: string;
  /** As an authorization server puts it into `cnf`. */
  readonly thumbprint: string;
}

export interface TestCertificates {
  readonly authority: TestCertificate;
  readonly client: TestCertificate;
  /** Of the same authority, with another key. */
  readonly other: TestCertificate;
  /** With the key and the subject of `client`, issued again. */
  readonly renewed: TestCertificate;
  /** With the key and the subject of `client`, but signed by itself. */
  readonly selfSigned: TestCertificate;
  /** Like `client`, expired. */
  readonly expired: TestCertificate;
}

/** Certificates of clients, made anew: one authority and what it issued. */
export async function createTestCertificates(): Promise<TestCertificates> {
  const [ca, keys, otherKeys] = await Promise.all([generateKeys(), generateKeys(), generateKeys()]);
  const issue = (subject: string, publicKey: webcrypto.CryptoKey, signingKey = ca.privateKey, age = 1) =>
    x509.X509CertificateGenerator.create({
      subject,
      issuer: signingKey === ca.privateKey ? 'CN=Test CA' : subject,
      publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - age * DAY_MS),
      notAfter: new Date(Date.now() - (age - 2) * DAY_MS),
    });
  const made = await Promise.all([
    issue('CN=Test CA', ca.publicKey),
    issue('CN=client', keys.publicKey),
    issue('CN=other', otherKeys.publicKey),
    issue('CN=client', keys.publicKey),
    issue('CN=client', keys.publicKey, keys.privateKey),
    issue('CN=client', keys.publicKey, ca.privateKey, 30),
  ]);
  const [authority, client, other, renewed, selfSigned, expired] = made.map(describe) as TestCertificateTuple; // six
  return { authority, client, other, renewed, selfSigned, expired };
}

type TestCertificateTuple = [
  TestCertificate,
  TestCertificate,
  TestCertificate,
  TestCertificate,
  TestCertificate,
  TestCertificate,
];

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function describe(certificate: x509.X509Certificate): TestCertificate {
  const der = Buffer.from(certificate.rawData);
  return {
    der,
    pem: certificate.toString('pem'),
    line: der.toString('base64'),
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  };
}
