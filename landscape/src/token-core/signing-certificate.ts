import 'reflect-metadata';
import { createHash, X509Certificate, type KeyObject, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface SigningCertificateContent {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly signingKey: webcrypto.CryptoKey;
}

/** Fixed, as the serial number is: the certificate of a key that persists is the same after a restart. */
const validity = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') };

/** Certifies a signing key by itself; the same key and name give the same certificate, byte for byte. */
export async function certifySigningKey(content: SigningCertificateContent): Promise<X509Certificate> {
  const name: x509.JsonName = [
    { C: ['DE'] },
    { O: ['SAP SE stand-in (mTLS reference landscape)'] },
    { CN: [content.commonName] },
  ];
  const spki = new Uint8Array(content.publicKey.export({ type: 'spki', format: 'der' }));
  const certificate = await x509.X509CertificateGenerator.create({
    // At most 20 bytes and positive (RFC 5280 §4.1.2.2).
    serialNumber: `01${createHash('sha256').update(spki).digest('hex').slice(0, 30)}`,
    subject: name,
    issuer: name,
    ...validity,
    publicKey: spki,
    signingKey: content.signingKey,
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    ],
  });
  return new X509Certificate(Buffer.from(certificate.rawData));
}
