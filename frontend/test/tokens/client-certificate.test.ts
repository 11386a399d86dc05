import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { hasExpired, readClientCertificate, UnusableCertificateError } from '../../src/tokens/client-certificate';
import { TestCa, type Issued } from '../support/test-ca';

const opensslIsThere = spawnSync('openssl', ['version']).status === 0;
const subject = 'C=DE,O=SAP SE,OU=SAP Cloud Platform Clients,OU=Canary,L=mtls\\,xsuaa,CN=5a7b/c+d "e" \\<f\\> Jörg';
let ca: TestCa;
let rsa: Issued;
let ec: Issued;

beforeAll(async () => {
  ca = await TestCa.create();
  [rsa, ec] = await Promise.all([ca.issueClient({ keyType: 'rsa', subject }), ca.issueClient()]);
});

const problemsOf = (pem: { certificate: string; key: string }): readonly string[] => {
  try {
    readClientCertificate(pem);
  } catch (error) {
    if (error instanceof UnusableCertificateError) return error.problems;
    throw error;
  }
  return [];
};

describe('readClientCertificate', () => {
  it('reads RSA and EC pairs and describes the leaf', () => {
    for (const { chain, key, thumbprint, x509 } of [rsa, ec]) {
      const { card } = readClientCertificate({ certificate: chain, key });
      expect(card).toMatchObject({
        'x5t#S256': thumbprint,
        issuer: 'O=Test,CN=Test Intermediate',
        notBefore: new Date(x509.validFrom).toISOString(),
        notAfter: new Date(x509.validTo).toISOString(),
      });
    }
  });

  it('reads keys as PKCS#1 and SEC 1 and texts with CRLF', () => {
    const key = createPrivateKey(rsa.key).export({ type: 'pkcs1', format: 'pem' }).toString();
    const sec1 = createPrivateKey(ec.key).export({ type: 'sec1', format: 'pem' }).toString();
    expect(problemsOf({ certificate: rsa.chain, key })).toEqual([]);
    expect(problemsOf({ certificate: ec.chain.replaceAll('\n', '\r\n'), key: sec1 })).toEqual([]);
  });

  (opensslIsThere ? it : it.skip)('prints names and thumbprint as openssl does', () => {
    const { card } = readClientCertificate({ certificate: rsa.leaf, key: rsa.key });
    const openssl = (...options: string[]): string =>
      execFileSync('openssl', ['x509', '-noout', ...options], { input: rsa.leaf })
        .toString()
        .trim();
    const format = ['-nameopt', 'RFC2253,-esc_msb,utf8'];
    expect(`subject=${card.subject}`).toBe(openssl('-subject', ...format));
    expect(`issuer=${card.issuer}`).toBe(openssl('-issuer', ...format));
    const hex = openssl('-fingerprint', '-sha256').replace(/^.*=/, '').replaceAll(':', '');
    expect(card['x5t#S256']).toBe(Buffer.from(hex, 'hex').toString('base64url'));
  });

  it('hides the key from every way of printing', () => {
    const read = readClientCertificate({ certificate: rsa.chain, key: rsa.key });
    const line = rsa.key.split('\n')[1] ?? '';
    for (const text of [JSON.stringify(read), inspect(read, { depth: 9, showHidden: true })])
      expect(text).not.toContain(line);
    expect(read.key.reveal()).toBe(rsa.key);
  });

  it('refuses a key that belongs to another certificate, and a chain that does not begin with the leaf', () => {
    expect(problemsOf({ certificate: rsa.chain, key: ec.key })).toEqual([
      expect.stringContaining('"key" does not belong'),
    ]);
    expect(problemsOf({ certificate: `${rsa.intermediate}${rsa.leaf}`, key: rsa.key })).toEqual([
      expect.stringContaining('the leaf must come first'),
    ]);
  });

  it('names every damaged part at once', () => {
    const problems = problemsOf({ certificate: 'x', key: 'y' });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('"certificate" is no readable certificate');
    expect(problems[1]).toContain('"key" is no readable private key');
  });

  it.each([
    ['is empty', () => ' ', 'it is empty'],
    ['has \\n for line breaks', (pem: string) => pem.replaceAll('\n', '\\n'), 'the two characters \\ and n'],
    ['has no line breaks', (pem: string) => pem.replaceAll('\n', ''), 'the line breaks are missing'],
    ['is base64 of PEM', (pem: string) => Buffer.from(pem).toString('base64'), 'it must be PEM'],
    ['is cut off', (pem: string) => pem.slice(0, 300), 'a block is damaged or cut off'],
  ])('says what is wrong when a part %s', (_how, damage, reason) => {
    expect(problemsOf({ certificate: damage(rsa.leaf), key: rsa.key })).toEqual([expect.stringContaining(reason)]);
    expect(problemsOf({ certificate: rsa.leaf, key: damage(rsa.key) })).toEqual([expect.stringContaining(reason)]);
  });

  it('says that a key is encrypted', () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect(problemsOf({ certificate: rsa.leaf, key: privateKey })).toEqual([
      expect.stringContaining('it is encrypted'),
    ]);
  });

  it('refuses a damaged block behind the leaf', () => {
    const chain = `${rsa.leaf}${rsa.intermediate.slice(0, 200)}\n-----END CERTIFICATE-----\n`;
    expect(problemsOf({ certificate: chain, key: rsa.key })).toEqual([
      expect.stringContaining('a damaged block behind the first'),
    ]);
  });
});

describe('hasExpired', () => {
  it('holds from the end of validity on', () => {
    const { card } = readClientCertificate({ certificate: ec.chain, key: ec.key });
    const end = Date.parse(card.notAfter);
    expect([hasExpired(card, end - 1), hasExpired(card, end)]).toEqual([false, true]);
  });
});
