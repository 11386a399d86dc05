import 'reflect-metadata';
import { X509Certificate, type KeyObject, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface Issuer {
  readonly name: x509.JsonName;
  readonly publicKey: KeyObject;
  readonly signingKey: webcrypto.CryptoKey;
}

export type Profile = 'root' | 'intermediate' | 'server' | 'client';

export interface CertificateContent {
  readonly profile: Profile;
  readonly subject: x509.JsonName;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuer: Issuer;
}

const signingAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** Issues a certificate after the rules of RFC 5280 for its profile. */
export async function issueCertificate(content: CertificateContent): Promise<X509Certificate> {
  const { profile, subject, publicKey, notBefore, notAfter, issuer } = content;
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.name,
    notBefore,
    notAfter,
    publicKey: exportSpki(publicKey),
    signingKey: issuer.signingKey,
    signingAlgorithm,
    extensions: [...profileExtensions[profile](), ...(await identifyKeys(content))],
  });
  return new X509Certificate(Buffer.from(certificate.rawData));
}

const { KeyUsageFlags, ExtendedKeyUsage } = x509;

const profileExtensions: Readonly<Record<Profile, () => x509.Extension[]>> = {
  root: () => certifyOthers({ pathLength: 1 }),
  intermediate: () => certifyOthers({ pathLength: 0 }),
  server: () => [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    // Named one by one: Node refuses a wildcard directly under a top-level domain, as *.localhost would be.
    new x509.SubjectAlternativeNameExtension([
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ]),
  ],
  client: () => [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
  ],
};

function certifyOthers({ pathLength }: { pathLength: number }): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
}

async function identifyKeys({ publicKey, issuer }: CertificateContent): Promise<x509.Extension[]> {
  const own = new x509.PublicKey(exportSpki(publicKey));
  const issuing = new x509.PublicKey(exportSpki(issuer.publicKey));
  return [
    await x509.SubjectKeyIdentifierExtension.create(own),
    await x509.AuthorityKeyIdentifierExtension.create(issuing),
  ];
}

function exportSpki(key: KeyObject): Uint8Array<ArrayBuffer> {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
}
