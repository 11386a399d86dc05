import 'reflect-metadata';
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  webcrypto,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { intermediateName } from '../../src/ca/subject-names';

const DAY_MS = 86_400_000;

export interface TestClientCertificate {
  readonly x509: X509Certificate;
  /** PEM: the certificate followed by those of its issuers, without the root. */
  readonly cert: string;
  /** PEM, PKCS#8. */
  readonly key: string;
  readonly thumbprint: string;
  readonly privateKey: KeyObject;
}

export interface TestIssuer {
  readonly name: x509.JsonName;
  readonly key: KeyObject;
  /** PEM of what a client sends after its own certificate. */
  readonly chain: string;
}

export interface CertificateRequest {
  readonly subject?: x509.JsonNameParams;
  readonly names?: readonly x509.JsonGeneralName[];
  readonly purpose?: 'client' | 'server';
  /** Days from now. */
  readonly begin?: number;
  readonly end?: number;
  /** A certificate signs itself without one. */
  readonly issuer?: TestIssuer;
  /** Makes an EC key without one. */
  readonly key?: KeyObject;
}

/** Issues a client certificate with a key of its own. */
export async function issueClient(request: CertificateRequest = {}): Promise<TestClientCertificate> {
  const { subject = [{ CN: ['client'] }], begin = -1, end = 30, issuer, names, purpose = 'client' } = request;
  const privateKey = request.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const name = new x509.Name(subject);
  const generated = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: new Date(Date.now() + begin * DAY_MS),
    notAfter: new Date(Date.now() + end * DAY_MS),
    publicKey: await importPublicKey(privateKey),
    signingKey: await importSigningKey(issuer?.key ?? privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[`${purpose}Auth`]]),
      ...(names === undefined ? [] : [new x509.SubjectAlternativeNameExtension([...names])]),
    ],
  });
  const certificate = new X509Certificate(Buffer.from(generated.rawData));
  return {
    x509: certificate,
    cert: certificate.toString() + (issuer?.chain ?? ''),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
    privateKey,
  };
}

/** The landscape's own issuer, read from its state folder: it puts any name into a certificate. */
export function readLandscapeIssuer(stateFolder: string): TestIssuer {
  const state = JSON.parse(readFileSync(join(stateFolder, 'ca', 'authority.json'), 'utf8')) as Record<string, string>;
  return {
    name: intermediateName,
    key: createPrivateKey(state['intermediateKey'] ?? ''),
    chain: state['intermediateCertificate'] ?? '',
  };
}

/** An authority with the very names of the landscape's, which nobody trusts. */
export async function makeForeignIssuer(): Promise<TestIssuer> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: intermediateName,
    keys: { publicKey: await importPublicKey(privateKey), privateKey: await importSigningKey(privateKey) },
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return { name: intermediateName, key: privateKey, chain: certificate.toString('pem') };
}

/** The keys of a self-signed client as it registers them. */
export function keySetOf(...certificates: readonly TestClientCertificate[]): { keys: object[] } {
  return {
    keys: certificates.map(({ x509 }) => ({
      ...x509.publicKey.export({ format: 'jwk' }),
      x5c: [x509.raw.toString('base64')],
    })),
  };
}

const algorithms = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ec: { name: 'ECDSA', namedCurve: 'P-256' },
} as const;

function algorithmOf({ asymmetricKeyType }: KeyObject): (typeof algorithms)['rsa' | 'ec'] {
  return algorithms[asymmetricKeyType === 'rsa' ? 'rsa' : 'ec'];
}

function importSigningKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, algorithmOf(key), false, ['sign']);
}

async function importPublicKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const jwk = key.export({ format: 'jwk' });
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk } = jwk;
  return webcrypto.subtle.importKey('jwk', publicJwk, algorithmOf(key), true, ['verify']);
}
