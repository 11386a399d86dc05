import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const DAY_MS = 86_400_000;
const { KeyUsageFlags, ExtendedKeyUsage } = x509;

export interface TestCertificate {
  readonly pem: string;
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly name: string;
}

export interface TestChain {
  readonly root: TestCertificate;
  readonly intermediate: TestCertificate;
  readonly leaf: TestCertificate;
  /** PEM as a binding carries it: leaf, intermediate, root. */
  readonly certificate: string;
  /** PKCS#1, as XSUAA writes it. */
  readonly key: string;
}

interface Request {
  readonly name: string;
  readonly issuer?: TestCertificate;
  readonly days?: number;
  readonly use?: 'client' | 'server' | 'none';
  /** Of a server. */
  readonly host?: string;
  /** Key of the certificate, in place of a new one; a public one where an issuer signs. */
  readonly key?: KeyObject;
}

/** Issues a certificate: a self-signed CA without `use`, a CA below `issuer`, or a leaf. RSA for leaves, EC for CAs. */
export async function issue({
  name,
  issuer,
  days = 30,
  use,
  host = 'localhost',
  key,
}: Request): Promise<TestCertificate> {
  const pair =
    key !== undefined
      ? { privateKey: key, publicKey: key.type === 'public' ? key : createPublicKey(key) }
      : use === undefined
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signer = issuer?.key ?? pair.privateKey;
  const generated = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + days * DAY_MS),
    publicKey: spki(pair.publicKey),
    signingKey: await importEcKey(signer),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(use === undefined, undefined, true),
      ...(use === undefined ? [new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)] : []),
      ...(use === 'client' ? [new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])] : []),
      ...(use === 'server'
        ? [
            new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
          ]
        : []),
    ],
  });
  const certificate = new X509Certificate(Buffer.from(generated.rawData));
  return { pem: certificate.toString(), certificate, key: pair.privateKey, name };
}

/** Makes root, intermediate and client certificate of a subject like XSUAA's. */
export async function makeChain({
  days = 7,
  use = 'client',
  leafName = 'C=DE, O=SAP SE, L=mtlsxsuaa, CN=client',
}: { days?: number; use?: 'client' | 'server'; leafName?: string } = {}): Promise<TestChain> {
  const root = await issue({ name: 'CN=Test Root CA', days: 3650 });
  const intermediate = await issue({ name: 'CN=Test Client CA', issuer: root, days: 1000 });
  const leaf = await issue({ name: leafName, issuer: intermediate, days, use });
  return {
    root,
    intermediate,
    leaf,
    certificate: leaf.pem + intermediate.pem + root.pem,
    key: pkcs1(leaf.key),
  };
}

export function pkcs1(key: KeyObject): string {
  return key.export({ type: 'pkcs1', format: 'pem' }).toString();
}

async function importEcKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

function spki(key: KeyObject): ArrayBuffer {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' })).buffer;
}
