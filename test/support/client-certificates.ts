import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { createHash, createPrivateKey, webcrypto } from 'node:crypto';
import type { RunningLandscape } from './running-landscape';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** A client's certificate and key, as a TLS client takes them; PEM. */
export interface ClientIdentity {
  /** With its chain. */
  readonly certificate: string;
  readonly key: string;
}

export interface Issuer {
  readonly name: string;
  readonly signingKey: webcrypto.CryptoKey;
  /** PEM: what stands behind each certificate that it issues. */
  readonly chain: string;
}

export interface CertificateOptions {
  /** Default `CN=sender,O=Partner`. */
  readonly subject?: string;
  /** Days from now. */
  readonly begin?: number;
  readonly end?: number;
  readonly purpose?: 'clientAuth' | 'serverAuth';
}

/** The landscape's own authority, by its key in the state folder: for certificates that no command makes, e.g. expired ones. */
export async function openLandscapeIssuer({ home }: RunningLandscape): Promise<Issuer> {
  const state = JSON.parse(readFileSync(join(home, 'ca', 'authority.json'), 'utf8')) as Record<string, string>;
  const { intermediateCertificate = '', intermediateKey = '', rootCertificate = '' } = state;
  const pkcs8 = createPrivateKey(intermediateKey).export({ type: 'pkcs8', format: 'der' });
  return {
    name: new x509.X509Certificate(intermediateCertificate).subject,
    signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, rsa, false, ['sign']),
    chain: intermediateCertificate + rootCertificate,
  };
}

/** An authority that nobody knows; with the name of another one it is a forger. */
export async function createForeignIssuer(name = 'CN=Foreign CA'): Promise<Issuer> {
  const { privateKey: signingKey, publicKey } = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: name,
    publicKey,
    signingKey,
    signingAlgorithm: ecdsa,
    notBefore: days(-1),
    notAfter: days(30),
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return { name, signingKey, chain: `${certificate.toString('pem')}\n` };
}

export async function issueCertificate(issuer: Issuer, options: CertificateOptions = {}): Promise<ClientIdentity> {
  const { subject = 'CN=sender,O=Partner', begin = -1, end = 30, purpose = 'clientAuth' } = options;
  const { privateKey, publicKey } = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.name,
    publicKey,
    signingKey: issuer.signingKey,
    signingAlgorithm: issuer.signingKey.algorithm.name === ecdsa.name ? ecdsa : rsa,
    notBefore: days(begin),
    notAfter: days(end),
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[purpose]])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n${issuer.chain}`,
    key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

/** `x5t#S256` of the first certificate of a chain. */
export function thumbprintOf(pem: string): string {
  return createHash('sha256')
    .update(Buffer.from(new x509.X509Certificate(pem).rawData))
    .digest('base64url');
}

function days(count: number): Date {
  return new Date(Date.now() + count * DAY_MS);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
}
