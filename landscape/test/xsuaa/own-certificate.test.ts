import { execFileSync } from 'node:child_process';
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerError, type JsonObject } from '../../src/broker';
import { thumbprintOf } from '../../src/token-core/client-certificate';
import { readOwnCertificate } from '../../src/xsuaa/own-certificate';
import {
  createTestAuthority,
  DAY_MS,
  issueTestCertificate,
  type TestAuthority,
  type TestCertificate,
} from '../token-core/test-certificates';
import { claimsOf, refusalOf, startXsuaa, type RunningXsuaa } from './running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

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

describe('bindings with a certificate of their own', () => {
  let xsuaa: RunningXsuaa;
  beforeAll(async () => {
    xsuaa = await startXsuaa();
  });
  afterAll(() => xsuaa.close());
  afterEach(() => {
    xsuaa.clock.offsetMs = 0;
  });

  let counter = 0;
  const createInstance = () =>
    xsuaa.createInstance({ xsappname: `app${++counter}`, 'oauth2-configuration': { 'credential-types': ['x509'] } });
  const own = (x509: JsonObject): JsonObject => ({ 'credential-type': 'x509', x509 });

  it('get it back without a key, and authenticate with it whoever issued it', async () => {
    const instanceId = await createInstance();
    const { certificate, key } = await issueTestCertificate(await createTestAuthority('Foreign CA'));
    const { credentials } = await xsuaa.bind(instanceId, own({ certificate }));
    expect(credentials).toMatchObject({ certificate, 'certificate-pinning': true, 'credential-type': 'x509' });
    expect(credentials).not.toHaveProperty('key');
    expect((await xsuaa.fetchToken({ ...credentials, key })).status).toBe(200);
  });

  it('do not get it back when it is hidden, and authenticate all the same', async () => {
    const instanceId = await createInstance();
    const { certificate, key } = await issueTestCertificate(await createTestAuthority('Foreign CA'));
    const { credentials } = await xsuaa.bind(instanceId, own({ certificate, 'hide-certificate': true }));
    expect(credentials).not.toHaveProperty('certificate');
    expect((await xsuaa.fetchToken({ ...credentials, certificate, key })).status).toBe(200);
  });

  it('refuse another certificate with the same names when it is pinned', async () => {
    const instanceId = await createInstance();
    const authority = await createTestAuthority('Foreign CA');
    const { credentials } = await xsuaa.bind(
      instanceId,
      own({ certificate: (await issueTestCertificate(authority)).certificate }),
    );
    const renewed = await issueTestCertificate(authority);
    expect(
      (await xsuaa.fetchToken({ ...credentials, certificate: renewed.certificate, key: renewed.key })).status,
    ).toBe(401);
  });

  it('accept renewed certificates without pinning, then no older one, and never a forged one', async () => {
    const instanceId = await createInstance();
    const authority = await createTestAuthority('Foreign CA');
    const first = await issueTestCertificate(authority, { begin: -10 });
    const renewed = await issueTestCertificate(authority, { begin: -1 });
    const forged = await issueTestCertificate(await createTestAuthority('Foreign CA'), { begin: -1 });
    const chain = first.certificate + authority.certificate.toString();
    const { credentials } = await xsuaa.bind(instanceId, own({ certificate: chain, 'certificate-pinning': false }));
    expect(credentials['certificate-pinning']).toBe(false);
    const fetchWith = ({ certificate, key }: TestCertificate) => xsuaa.fetchToken({ ...credentials, certificate, key });
    expect((await fetchWith(first)).status).toBe(200);
    expect((await fetchWith(renewed)).status).toBe(200);
    expect((await fetchWith(first)).json['error_description']).toContain('older than one that was accepted before');
    expect((await fetchWith(forged)).status).toBe(401);
    expect(claimsOf(await fetchWith(renewed))['cnf']).toEqual({
      'x5t#S256': createHash('sha256').update(renewed.x509.raw).digest('base64url'),
    });
  });

  it('need one that no other binding of the instance has', async () => {
    const instanceId = await createInstance();
    const { certificate } = await issueTestCertificate(await createTestAuthority('Foreign CA'));
    const { id } = await xsuaa.bind(instanceId, own({ certificate }));
    const request = { instanceId, bindingId: randomUUID(), parameters: own({ certificate }) };
    expect((await refusalOf(xsuaa.broker.bind(request))).message).toContain('each needs a certificate of its own');
    await xsuaa.bind(await createInstance(), own({ certificate }));
    await xsuaa.broker.unbind({ instanceId, bindingId: id });
    await xsuaa.broker.bind(request);
  });

  it('have expired by the clock of the landscape or are refused by name', async () => {
    const instanceId = await createInstance();
    const { certificate } = await issueTestCertificate(await createTestAuthority('Foreign CA'), { end: 3 });
    xsuaa.clock.offsetMs = 4 * DAY_MS;
    const request = { instanceId, bindingId: randomUUID(), parameters: own({ certificate }) };
    expect((await refusalOf(xsuaa.broker.bind(request))).message).toContain('has expired on');
  });
});
