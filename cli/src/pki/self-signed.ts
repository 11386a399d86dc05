import { X509Certificate, webcrypto } from 'node:crypto';
import { formatPem } from './pem';
import type { SubjectName } from './subject-name';

export const keyTypes = ['rsa', 'ec'] as const;
export type KeyType = (typeof keyTypes)[number];

export interface SelfSignedRequest {
  readonly subject: SubjectName;
  readonly keyType: KeyType;
  /** Days from now. */
  readonly validityDays: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A certificate that is its own issuer, with its key. */
export interface SelfSigned {
  readonly certificate: X509Certificate;
  /** PEM. */
  readonly certificatePem: string;
  /** PEM, PKCS#8. */
  readonly keyPem: string;
}

const DAY_MS = 86_400_000;
/** The clock of a server may be behind. */
const BACKDATED_MS = 5 * 60_000;

const algorithms = {
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

/** Makes a key (RSA 2048 or EC P-256) and a certificate for TLS client authentication that it signs itself. */
export async function makeSelfSigned(request: SelfSignedRequest): Promise<SelfSigned> {
  const { keyType, now } = request;
  const algorithm = algorithms[keyType];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  // Loaded here, since no other command needs them; the second does not work without the first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const generated = await x509.X509CertificateGenerator.createSelfSigned({
    name: new x509.Name(request.subject.map((part) => ({ ...part }))),
    notBefore: new Date(now - BACKDATED_MS),
    // Certificates count whole seconds, and not one less than was asked for.
    notAfter: new Date(Math.ceil(now / 1000) * 1000 + request.validityDays * DAY_MS),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      // RSA keys encipher in the older key exchanges of TLS 1.2.
      new x509.KeyUsagesExtension(keyType === 'rsa' ? digitalSignature | keyEncipherment : digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const der = Buffer.from(generated.rawData);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    certificate: new X509Certificate(der),
    certificatePem: formatPem({ label: 'CERTIFICATE', der }),
    keyPem: formatPem({ label: 'PRIVATE KEY', der: pkcs8 }),
  };
}
