import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSelfSigned } from '../../src/pki/certificate';
import { describeKey } from '../../src/pki/private-key';
import { keyTypes, makeSelfSigned, type KeyType } from '../../src/pki/self-signed';
import { parseSubject } from '../../src/pki/subject-name';
import { itWith, runOracle } from '../support/openssl';
import { useTemporaryFolder } from '../support/temporary-folder';

const DAY_MS = 86_400_000;
const folder = useTemporaryFolder();
const make = (keyType: KeyType, subject = 'CN=client,O=Example,C=DE') =>
  makeSelfSigned({ subject: parseSubject(subject), keyType, validityDays: 30, now: Date.now() });

describe.each(keyTypes)('makeSelfSigned with a key of type %s', (keyType) => {
  it('makes a certificate that is its own issuer, and the key that belongs to it', async () => {
    const { certificate, certificatePem, keyPem } = await make(keyType);
    const key = createPrivateKey(keyPem);
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(isSelfSigned(certificate)).toBe(true);
    expect(certificate.toString()).toBe(certificatePem);
    expect(certificate.subject).toBe('C=DE\nO=Example\nCN=client');
    expect(describeKey(key)).toBe(keyType === 'rsa' ? 'RSA 2048' : 'EC P-256');
    expect(keyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('is valid from a few minutes ago for the days asked for', async () => {
    const { certificate } = await make(keyType);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now() - 4 * 60_000);
    const left = Date.parse(certificate.validTo) - Date.now();
    expect(left).toBeGreaterThan(30 * DAY_MS - 60_000);
    expect(left).toBeLessThan(30 * DAY_MS + 1_001);
  });

  itWith('openssl', ['version'])(
    'satisfies openssl, strictly, as certificate of a TLS client and nothing else',
    async () => {
      const { certificatePem, keyPem } = await make(keyType);
      const path = (name: string): string => join(folder(), name);
      writeFileSync(path('crt'), certificatePem);
      writeFileSync(path('key'), keyPem);
      const verify = (...args: string[]) =>
        runOracle('openssl', ['verify', ...args, '-CAfile', path('crt'), path('crt')]);
      expect(verify('-x509_strict', '-purpose', 'sslclient')).toContain(': OK');
      expect(() => verify('-purpose', 'sslserver')).toThrow('purpose');
      const text = runOracle('openssl', ['x509', '-in', path('crt'), '-noout', '-text']);
      expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
      expect(text).toMatch(/Key Usage: critical\s+Digital Signature/);
      expect(text).toMatch(/Extended Key Usage:\s+TLS Web Client Authentication/);
      expect(text).toMatch(/Signature Algorithm: (sha256WithRSAEncryption|ecdsa-with-SHA256)/);
      expect(runOracle('openssl', ['pkey', '-in', path('key'), '-check', '-noout'])).toContain('Key is valid');
      expect(runOracle('openssl', ['pkey', '-in', path('key'), '-pubout'])).toBe(
        runOracle('openssl', ['x509', '-in', path('crt'), '-pubkey', '-noout']),
      );
    },
  );
});

itWith('openssl', ['version'])('makeSelfSigned encodes a subject as openssl reads it', async () => {
  const subject = String.raw`emailAddress=a@example.com,CN=Gr\C3\B6\C3\9Fe\, \"x\",OU=Sales,O=A \+ B,DC=example,C=DE`;
  const { certificatePem } = await make('ec', subject);
  const args = ['x509', '-noout', '-subject', '-nameopt', 'RFC2253'];
  expect(runOracle('openssl', args, certificatePem)?.trim()).toBe(`subject=${subject}`);
});

it('makeSelfSigned never makes the same serial number twice', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => make('ec')));
  const numbers = made.map(({ certificate }) => certificate.serialNumber);
  expect(new Set(numbers).size).toBe(5);
  for (const number of numbers) expect(number.length).toBeGreaterThan(14);
});
