import { createSecureContext } from 'node:tls';
import { generateKeyPairSync } from 'node:crypto';
import { formatKeystore, readIdentity, readKeystore } from '../../src/pki/keystore';
import { failureOf } from '../support/failure-of';
import { makeChain, type TestChain } from '../support/test-chain';

let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain();
});

describe('formatKeystore', () => {
  it('writes key, leaf, intermediate, root, which TLS takes and we read again', () => {
    const shuffled = chain.root.pem + chain.intermediate.pem + chain.leaf.pem;
    const pem = formatKeystore(readIdentity({ certificate: shuffled, key: chain.key }));
    expect(pem).toBe(chain.key + chain.certificate);
    expect(() => createSecureContext({ key: pem, cert: pem })).not.toThrow();
    expect(formatKeystore(readKeystore(pem))).toBe(pem);
  });
});

describe('readKeystore', () => {
  it('finds the key wherever it stands', () => {
    expect(formatKeystore(readKeystore(chain.certificate + chain.key))).toBe(chain.key + chain.certificate);
  });

  it.each<readonly [string, () => string]>([
    ['key-missing', () => chain.certificate],
    ['key-missing', () => chain.key + chain.key + chain.certificate],
    ['certificate-missing', () => chain.key],
    ['certificate-unreadable', () => `${chain.key}-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n`],
    [
      'certificate-unreadable',
      () => `${chain.key}-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n`,
    ],
    [
      'key-unreadable',
      () => `-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n${chain.certificate}`,
    ],
    [
      'key-mismatch',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 })
          .privateKey.export({ type: 'pkcs1', format: 'pem' })
          .toString() + chain.certificate,
    ],
  ])('refuses with %s', (code, text) => {
    expect(failureOf(() => readKeystore(text()))).toMatchObject({ code });
  });

  it('never quotes the key in a message', () => {
    const broken = chain.key.replace(/\n.{64}\n/, '\n');
    const body = chain.key.split('\n')[2] ?? '';
    try {
      readKeystore(broken + chain.certificate);
      throw new Error('was accepted');
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(body);
      expect(error).toMatchObject({ code: 'pem-damaged' });
    }
  });
});
