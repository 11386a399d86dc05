import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import { readSigningRequest } from '../../src/ca/signing-request';

jest.setTimeout(30_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signing-request-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function makeRequest(...newKey: string[]): string {
  openssl('req', '-new', ...newKey, '-nodes', '-keyout', 'key.pem', '-subj', '/O=Example/CN=my-app', '-out', 'csr.pem');
  return readFileSync(join(folder, 'csr.pem'), 'utf8');
}

const rsa = ['-newkey', 'rsa:2048'];
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

describe('signClient', () => {
  it.each([
    ['an RSA key', rsa],
    ['an EC key', ec],
  ])('issues a certificate for %s that openssl accepts, with subject and key of the request', async (_key, newKey) => {
    const request = await readSigningRequest(makeRequest(...newKey));
    const ca = await CertificateAuthority.open({ stateFolder: folder, now: Date.now });
    const chain = (await ca.signClient(request, 10)).match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g) ?? [];
    expect(chain).toHaveLength(3);
    chain.forEach((pem, index) => writeFileSync(join(folder, `${index}.pem`), pem));
    expect(
      openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', '2.pem', '-untrusted', '1.pem', '0.pem'),
    ).toContain('OK');
    const leaf = new X509Certificate(chain[0] ?? '');
    expect(leaf.subject).toBe('O=Example\nCN=my-app');
    expect(openssl('x509', '-in', '0.pem', '-noout', '-pubkey')).toBe(openssl('pkey', '-in', 'key.pem', '-pubout'));
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(10 * 86_400_000);
  });
});

describe('readSigningRequest', () => {
  it.each([
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /is no certificate signing request/,
    ],
    ['nothing', '', /is no certificate signing request/],
    [
      'rubbish between the lines',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n',
      /is damaged/,
    ],
  ])('refuses %s', async (_what, pem, message) => {
    await expect(readSigningRequest(pem)).rejects.toThrow(message);
  });

  it('refuses a file that holds the private key as well', async () => {
    const request = makeRequest(...ec);
    const key = readFileSync(join(folder, 'key.pem'), 'utf8');
    await expect(readSigningRequest(key + request)).rejects.toThrow(/holds a private key/);
  });

  it('refuses a key that is too short', async () => {
    await expect(readSigningRequest(makeRequest('-newkey', 'rsa:1024'))).rejects.toThrow(/rsa, 1024 bits.*from 2048/);
  });

  it('refuses a request without a subject', async () => {
    openssl('req', '-new', ...ec, '-nodes', '-keyout', 'key.pem', '-subj', '/', '-out', 'csr.pem');
    await expect(readSigningRequest(readFileSync(join(folder, 'csr.pem'), 'utf8'))).rejects.toThrow(/names no subject/);
  });

  it('refuses a request whose subject was changed after it was signed', async () => {
    const der = Buffer.from(makeRequest(...ec).replace(/-----.*-----|\n/g, ''), 'base64');
    der.write('ny-app', der.indexOf('my-app'));
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(readSigningRequest(pem)).rejects.toThrow(/is not signed with the key/);
  });
});
