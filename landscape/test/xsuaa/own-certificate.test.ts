import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerError } from '../../src/broker';
import { thumbprintOf } from '../../src/token-core/client-certificate';
import { readOwnCertificate } from '../../src/xsuaa/own-certificate';
import { createTestAuthority, issueTestCertificate, type TestAuthority } from '../token-core/test-certificates';

let folder: string;
let selfSigned: string;
let authority: TestAuthority;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'own-certificate-'));
  authority = await createTestAuthority('Own CA');
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const options = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/O=Test/CN=own', '-days', '5'];
  execFileSync('openssl', ['req', '-x509', ...options, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  selfSigned = readFileSync(certificate, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (certificate: string, pinning: 'pinned' | 'renewable', now = Date.now()) =>
  readOwnCertificate({ certificate, pinning: pinning === 'pinned', authorities: [], now });

describe('readOwnCertificate', () => {
  it('reads a certificate of any issuer when it is pinned', async () => {
    const { certificate, x509 } = await issueTestCertificate(authority);
    expect(read(certificate, 'pinned').credential.thumbprint).toBe(thumbprintOf(x509));
    expect(read(selfSigned, 'pinned').credential.thumbprint).toBe(thumbprintOf(new X509Certificate(selfSigned)));
  });

  it('reads what carries text around the certificate, as openssl writes it, and Windows line ends', () => {
    const decorated = `subject=CN = own\n${selfSigned}\n`.replaceAll('\n', '\r\n');
    expect(read(decorated, 'pinned').uniqueKey).toBe(read(selfSigned, 'pinned').uniqueKey);
  });

  it('takes a self-signed certificate without pinning: it is its own issuer', () => {
    expect(read(selfSigned, 'renewable').credential.kind).toBe('certificate');
  });

  it('wants the issuer when there is no pinning, in the chain or known to the landscape', async () => {
    const { certificate } = await issueTestCertificate(authority);
    expect(() => read(certificate, 'renewable')).toThrow(/comes without its issuer.*put the certificate of the issuer/);
    expect(read(certificate + authority.certificate.toString(), 'renewable').credential.kind).toBe('certificate');
    const known = { certificate, pinning: false, authorities: [authority.certificate], now: Date.now() };
    expect(readOwnCertificate(known).credential.kind).toBe('certificate');
  });

  it('is unique by hash when pinned, else by the two names', async () => {
    const chain = authority.certificate.toString();
    const [a, b] = [await issueTestCertificate(authority), await issueTestCertificate(authority)];
    expect(read(a.certificate, 'pinned').uniqueKey).not.toBe(read(b.certificate, 'pinned').uniqueKey);
    expect(read(a.certificate + chain, 'renewable').uniqueKey).toBe(read(b.certificate + chain, 'renewable').uniqueKey);
  });

  it('refuses a certificate that has expired', async () => {
    const { certificate } = await issueTestCertificate(authority, { begin: -10, end: -1 });
    expect(() => read(certificate, 'pinned')).toThrow(/"x509.certificate" has expired on/);
  });

  it('refuses a private key without repeating it', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEsecret\n-----END PRIVATE KEY-----\n';
    expect(() => read(selfSigned + key, 'pinned')).toThrow(BrokerError);
    expect(() => read(selfSigned + key, 'pinned')).toThrow(/holds a private key; the key stays with you$/);
  });

  it.each([
    ['nothing', () => ''],
    ['literal \\n', () => selfSigned.replaceAll('\n', '\\n')],
    ['a damaged body', () => selfSigned.replace(/MII\w{40}/, 'MII')],
    ['no end', () => selfSigned.slice(0, 300)],
  ])('refuses %s', (_, damage) => {
    expect(() => read(damage(), 'pinned')).toThrow(/"x509.certificate" is no certificate in PEM/);
  });
});
