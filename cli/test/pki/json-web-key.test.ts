import { createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint, importX509 } from 'jose';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { describeCertificateKey } from '../../src/pki/json-web-key';
import { failureOf } from '../support/failure-of';
import { runOracle } from '../support/openssl';
import { makeChain } from '../support/test-chain';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

interface Kind {
  readonly name: string;
  readonly algorithm: webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams;
  readonly alg: string;
  readonly members: readonly string[];
}

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };
const kinds: readonly Kind[] = [
  { name: 'RSA 2048', algorithm: { ...rsa, modulusLength: 2048 }, alg: 'RS256', members: ['e', 'n'] },
  { name: 'RSA 3072', algorithm: { ...rsa, modulusLength: 3072 }, alg: 'RS256', members: ['e', 'n'] },
  ...(['P-256', 'P-384', 'P-521'] as const).map((namedCurve) => ({
    name: namedCurve,
    algorithm: { name: 'ECDSA', namedCurve },
    alg: `ES${namedCurve === 'P-521' ? '512' : namedCurve.slice(2)}`,
    members: ['crv', 'x', 'y'],
  })),
];

async function certify(algorithm: Kind['algorithm']): Promise<X509Certificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const signingAlgorithm = { hash: 'SHA-256', ...algorithm };
  const made = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=a', keys, signingAlgorithm });
  return new X509Certificate(Buffer.from(made.rawData));
}

describe.each(kinds)('the JSON Web Key of a certificate with $name', ({ algorithm, alg, members }) => {
  it('has the members of its type, and no other', async () => {
    const certificate = await certify(algorithm);
    const jwk = describeCertificateKey([certificate]);
    const expected = ['kty', 'kid', 'use', 'alg', 'x5c', 'x5t#S256', ...members];
    expect(Object.keys(jwk).toSorted()).toEqual(expected.toSorted());
    expect(jwk).toMatchObject({ alg, use: 'sig', ...certificate.publicKey.export({ format: 'jwk' }) });
    for (const member of privateMembers) expect(jwk).not.toHaveProperty(member);
  });

  it('is the key of the certificate in x5c, which jose and openssl read alike', async () => {
    const certificate = await certify(algorithm);
    const { x5c, 'x5t#S256': thumbprint, ...jwk } = describeCertificateKey([certificate]);
    const pem = `-----BEGIN CERTIFICATE-----\n${x5c[0] ?? ''}\n-----END CERTIFICATE-----\n`;
    const fromCertificate = createPublicKey(
      new X509Certificate(Buffer.from(x5c[0] ?? '', 'base64')).publicKey.export({ type: 'spki', format: 'pem' }),
    );
    expect(createPublicKey({ key: { ...jwk }, format: 'jwk' }).equals(fromCertificate)).toBe(true);
    await expect(importX509(pem, alg)).resolves.toBeDefined();
    const fingerprint = runOracle('openssl', ['x509', '-noout', '-fingerprint', '-sha256'], certificate.toString());
    if (fingerprint !== undefined)
      expect(Buffer.from(thumbprint, 'base64url').toString('hex')).toBe(
        fingerprint.trim().replace(/^.*=/, '').replaceAll(':', '').toLowerCase(),
      );
  });

  it('has the thumbprint of the key as kid (RFC 7638)', async () => {
    const { kid, kty, n = '', e = '', crv = '', x = '', y = '' } = describeCertificateKey([await certify(algorithm)]);
    const jwk = kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y };
    expect(kid).toBe(await calculateJwkThumbprint(jwk));
  });
});

describe('describeCertificateKey', () => {
  it('has the kid of the example of RFC 7638 §3.1 for its key', () => {
    const jwk = {
      kty: 'RSA',
      n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
      e: 'AQAB',
    };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const certificate = { raw: Buffer.from('DER'), publicKey } as Pick<X509Certificate, 'raw' | 'publicKey'>;
    // Nobody has a certificate for the key of the RFC.
    const { kid } = describeCertificateKey([certificate as X509Certificate]);
    expect(kid).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('has the whole chain in x5c, the certificate first (RFC 7517 §4.7)', async () => {
    const { leaf, intermediate, root } = await makeChain();
    const chain = [leaf.certificate, intermediate.certificate, root.certificate] as const;
    const { x5c } = describeCertificateKey(chain);
    expect(x5c).toEqual(chain.map(({ raw }) => raw.toString('base64')));
  });

  it('refuses a key that has no form as JSON Web Key, naming it', () => {
    const { publicKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const certificate = { raw: Buffer.from('DER'), publicKey, subject: 'O=Example\nCN=pss' };
    const failure = failureOf(() => describeCertificateKey([certificate as X509Certificate]));
    expect(failure).toMatchObject({
      code: 'key-unsupported',
      message: expect.stringContaining('CN=pss,O=Example') as string,
    });
  });
});
