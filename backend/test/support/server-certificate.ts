import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { KeyObject, randomUUID, webcrypto } from 'node:crypto';

const LIFETIME_MS = 24 * 60 * 60 * 1000;

/** A self-signed certificate for `localhost`, its own trust anchor, with its key: PEM, made anew at each call. */
export async function createServerCertificate(): Promise<{ certificate: string; key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // A name of its own: of several trust anchors with one name, OpenSSL tries only the first.
    name: `CN=localhost, OU=${randomUUID()}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - LIFETIME_MS),
    notAfter: new Date(Date.now() + LIFETIME_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
    ],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
  return { certificate: certificate.toString('pem'), key };
}
