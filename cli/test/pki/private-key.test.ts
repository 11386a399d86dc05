import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { readPemBlocks } from '../../src/pki/pem';
import { describeKey, readPrivateKey, type PrivateKey } from '../../src/pki/private-key';
import { failureOf } from '../support/failure-of';
import { itWith, runOracle } from '../support/openssl';
import { useTemporaryFolder } from '../support/temporary-folder';

const folder = useTemporaryFolder();
const PASSWORD = 'a password';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const der = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' });
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1', cipher?: string): string =>
  key.export({ type, format: 'pem', ...(cipher !== undefined && { cipher, passphrase: PASSWORD }) }).toString();
const read = (text: string, password?: string): PrivateKey => {
  const [block] = readPemBlocks(text, 'private key');
  if (block === undefined) throw new Error('no block');
  return readPrivateKey(block, password);
};

describe('readPrivateKey', () => {
  it.each([
    ['PKCS#1', rsa, 'pkcs1'],
    ['PKCS#8', rsa, 'pkcs8'],
    ['PKCS#8 of an EC key', ec, 'pkcs8'],
    ['SEC1', ec, 'sec1'],
  ] as const)('reads %s and writes it as it came', (_, key, type) => {
    const found = read(pem(key, type));
    expect(der(found.key)).toEqual(der(key));
    expect(found.pem).toBe(pem(key, type));
  });

  it.each([
    ['PKCS#8', rsa, 'pkcs8', 'aes-256-cbc', 'PRIVATE KEY'],
    ['PKCS#8 with 3DES', ec, 'pkcs8', 'des-ede3-cbc', 'PRIVATE KEY'],
    ['PKCS#1', rsa, 'pkcs1', 'aes-128-cbc', 'RSA PRIVATE KEY'],
    ['PKCS#1 with 3DES', rsa, 'pkcs1', 'des-ede3-cbc', 'RSA PRIVATE KEY'],
    ['SEC1', ec, 'sec1', 'aes-256-cbc', 'EC PRIVATE KEY'],
  ] as const)('decrypts %s with the password and not without', (_, key, type, cipher, label) => {
    const encrypted = pem(key, type, cipher);
    for (const text of [encrypted, encrypted.replaceAll('\n', ' '), encrypted.replaceAll('\n', '')]) {
      const found = read(text, PASSWORD);
      expect(der(found.key)).toEqual(der(key));
      expect(found.pem).toContain(`-----BEGIN ${label}-----`);
      expect(found.pem).not.toContain('ENCRYPTED');
    }
    expect(failureOf(() => read(encrypted))).toMatchObject({ code: 'key-encrypted' });
    expect(failureOf(() => read(encrypted, 'wrong'))).toMatchObject({ code: 'password-wrong' });
  });

  it('calls a wrong password so also when the padding looks right by chance', () => {
    const encrypted = pem(ec, 'pkcs8', 'des-ede3-cbc');
    const codes = new Set(
      Array.from({ length: 600 }, (_, index) => failureOf(() => read(encrypted, `wrong ${index}`)).code),
    );
    expect([...codes]).toEqual(['password-wrong']);
  });

  itWith('openssl', ['version']).each([
    ['PBKDF2 with SHA-512', ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512']],
    ['scrypt', ['-scrypt']],
    ['PKCS#12’s 3DES', ['-v1', 'PBE-SHA1-3DES']],
  ])('decrypts what openssl encrypted with %s', (_, options) => {
    const file = join(folder(), 'key.pem');
    writeFileSync(file, pem(rsa, 'pkcs8'));
    const text = runOracle('openssl', ['pkcs8', '-topk8', '-in', file, '-passout', `pass:${PASSWORD}`, ...options]);
    expect(der(read(text ?? '', PASSWORD).key)).toEqual(der(rsa));
    expect(failureOf(() => read(text ?? '', 'wrong'))).toMatchObject({ code: 'password-wrong' });
  });

  itWith('openssl', ['version']).each([
    ['PBKDF2', ['-v2', 'aes-256-cbc', '-iter', '6000000']],
    ['scrypt', ['-scrypt', '-scrypt_N', '16384', '-scrypt_r', '8', '-scrypt_p', '36']],
  ])('refuses more rounds of %s than anybody needs, before it begins', (_, options) => {
    const file = join(folder(), 'key.pem');
    writeFileSync(file, pem(ec, 'pkcs8'));
    const text = runOracle('openssl', ['pkcs8', '-topk8', '-in', file, '-passout', `pass:${PASSWORD}`, ...options]);
    const started = process.cpuUsage();
    expect(failureOf(() => read(text ?? '', PASSWORD))).toMatchObject({ code: 'encryption-too-costly' });
    expect(process.cpuUsage(started).user).toBeLessThan(100_000);
  });

  it('names a cipher that OpenSSL 3 has no more', () => {
    const old = pem(rsa, 'pkcs1', 'des-ede3-cbc').replace('DES-EDE3-CBC', 'RC2-64-CBC');
    expect(failureOf(() => read(old, PASSWORD))).toMatchObject({
      code: 'encryption-unsupported',
      message: expect.stringContaining('RC2-64-CBC') as string,
    });
  });

  it.each([
    ['key-unreadable', '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n'],
    ['key-unreadable', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n'],
    [
      'key-unreadable',
      `-----BEGIN RSA PRIVATE KEY-----\n${der(ec).toString('base64')}\n-----END RSA PRIVATE KEY-----\n`,
    ],
  ])('refuses with %s', (code, text) => {
    expect(failureOf(() => read(text, PASSWORD))).toMatchObject({ code });
  });
});

describe('describeKey', () => {
  it('names type and size', () => {
    expect(describeKey(rsa)).toBe('RSA 2048');
    expect(describeKey(ec)).toBe('EC P-256');
    expect(describeKey(generateKeyPairSync('ed25519').publicKey)).toBe('ED25519');
  });
});
