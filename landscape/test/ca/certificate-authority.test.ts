import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import { StateFileError } from '../../src/ca/state-file';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const DAY_MS = 86_400_000;
const request = {
  commonName: '5c3a1f0e-6d5b-4f2e-9a3b-0d2c1b4a5f6e',
  locality: 'mtlsxsuaa!t1',
  keyLength: 2048,
  validityDays: 7,
};

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'landscape-ca-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

const open = (now: () => number = Date.now) => CertificateAuthority.open({ stateFolder, now });
const stateFile = () => join(stateFolder, 'ca', 'authority.json');

/** One file a certificate, leaf first. */
function writeChain(chain: string): string[] {
  return (chain.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/g) ?? []).map((pem, index) => {
    const file = join(stateFolder, `chain-${index}.pem`);
    writeFileSync(file, pem);
    return file;
  });
}

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('issueClient', () => {
  it('issues a chain of leaf, intermediate and root that openssl accepts for a TLS client, and not for a server', async () => {
    const ca = await open();
    const { certificate } = await ca.issueClient(request);
    const [leaf = '', intermediate = '', root = ''] = writeChain(certificate);
    expect(readdirSync(stateFolder).filter((name) => name.startsWith('chain-'))).toHaveLength(3);
    const verify = (purpose: string) =>
      openssl('verify', '-x509_strict', '-purpose', purpose, '-CAfile', root, '-untrusted', intermediate, leaf);
    expect(verify('sslclient')).toContain('OK');
    expect(() => verify('sslserver')).toThrow(/unsuitable certificate purpose/);
    expect(readFileSync(root, 'utf8')).toBe(ca.rootPem);
  });

  it('is not accepted by openssl when the intermediate is missing', async () => {
    const ca = await open();
    const [leaf = '', , root = ''] = writeChain((await ca.issueClient(request)).certificate);
    expect(() => openssl('verify', '-purpose', 'sslclient', '-CAfile', root, leaf)).toThrow(
      /unable to get local issuer certificate/,
    );
  });

  it('gives the subject three organizational units, the locality and the common name', async () => {
    const { certificate } = await (
      await open()
    ).issueClient({ ...request, locality: 'clone1!b2|destination-xsappname!b3' });
    const [leaf = ''] = writeChain(certificate);
    const subject = openssl('x509', '-in', leaf, '-noout', '-subject', '-nameopt', 'RFC2253');
    expect(subject.match(/OU=/g)).toHaveLength(3);
    expect(subject).toContain('L=clone1!b2|destination-xsappname!b3');
    expect(subject).toContain(`CN=${request.commonName}`);
  });

  it('gives key identifiers that lead from the leaf to the intermediate', async () => {
    const { certificate } = await (await open()).issueClient(request);
    const [leaf = '', intermediate = ''] = writeChain(certificate);
    const identifier = (file: string, extension: string) =>
      /(?:[0-9A-F]{2}:){19}[0-9A-F]{2}/.exec(openssl('x509', '-in', file, '-noout', '-ext', extension))?.[0];
    expect(identifier(leaf, 'authorityKeyIdentifier')).toBeDefined();
    expect(identifier(leaf, 'authorityKeyIdentifier')).toBe(identifier(intermediate, 'subjectKeyIdentifier'));
    expect(identifier(leaf, 'subjectKeyIdentifier')).not.toBe(identifier(intermediate, 'subjectKeyIdentifier'));
  });

  it('is valid for exactly the days asked for, from the clock of the landscape', async () => {
    const now = Date.parse('2026-11-22T04:00:00.900Z');
    const { leaf } = await (await open(() => now)).issueClient({ ...request, validityDays: 7 });
    expect(Date.parse(leaf.validFrom)).toBe(Date.parse('2026-11-22T04:00:00Z'));
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(7 * DAY_MS);
  });

  it('gives a key in PKCS#1 that belongs to the leaf and has the length asked for', async () => {
    const { key, leaf } = await (await open()).issueClient({ ...request, keyLength: 3072 });
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(createPrivateKey(key).asymmetricKeyDetails?.modulusLength).toBe(3072);
  });

  it('writes PEM with lines of 64 characters', async () => {
    const { certificate, key } = await (await open()).issueClient(request);
    for (const line of `${certificate}${key}`.split('\n')) expect(line.length).toBeLessThanOrEqual(64);
    expect(certificate.split('\n')[1]).toHaveLength(64);
  });

  it('never issues the same certificate or key twice', async () => {
    const ca = await open();
    const [first, second] = await Promise.all([ca.issueClient(request), ca.issueClient(request)]);
    expect(first.leaf.serialNumber).not.toBe(second.leaf.serialNumber);
    expect(first.leaf.fingerprint256).not.toBe(second.leaf.fingerprint256);
    expect(first.key).not.toBe(second.key);
  });
});

describe('issueServer', () => {
  it('issues for localhost and the loopback addresses what openssl accepts for a TLS server', async () => {
    const ca = await open();
    const { certificate, key } = await ca.issueServer();
    const [leaf = '', intermediate = ''] = writeChain(certificate);
    expect(
      openssl('verify', '-purpose', 'sslserver', '-CAfile', ca.rootFile, '-untrusted', intermediate, leaf),
    ).toContain('OK');
    const parsed = new X509Certificate(certificate);
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkIP('::1')).toBe('::1');
    expect(parsed.checkHost('example.com')).toBeUndefined();
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it('makes a new certificate each time', async () => {
    const ca = await open();
    expect((await ca.issueServer()).certificate).not.toBe((await ca.issueServer()).certificate);
  });
});

describe('open', () => {
  it('keeps its files to their owner', async () => {
    const { rootFile } = await open();
    expect(statSync(join(stateFolder, 'ca')).mode & 0o777).toBe(0o700);
    for (const file of [stateFile(), rootFile]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('narrows the mode of a state file that was copied with a wider one', async () => {
    await open();
    chmodSync(stateFile(), 0o644);
    await open();
    expect(statSync(stateFile()).mode & 0o777).toBe(0o600);
  });

  it.each([8, 365, 3_649])('finds the same authority again %i days later', async (days) => {
    const first = await open();
    const later = await open(() => Date.now() + days * DAY_MS);
    expect(later.rootPem).toBe(first.rootPem);
    const { leaf } = await later.issueClient(request);
    expect(Date.parse(leaf.validFrom)).toBeGreaterThan(Date.now() + (days - 1) * DAY_MS);
  });

  it('gives a root that TLS accepts at once even if the clock of the landscape runs eight days ahead', async () => {
    const ca = await open(() => Date.now() + 8 * DAY_MS);
    const { certificate } = await ca.issueServer();
    const [leaf = '', intermediate = ''] = writeChain(certificate);
    expect(openssl('verify', '-CAfile', ca.rootFile, '-untrusted', intermediate, leaf)).toContain('OK');
  });

  it('restores the root file when it was deleted', async () => {
    const { rootFile, rootPem } = await open();
    rmSync(rootFile);
    await open();
    expect(readFileSync(rootFile, 'utf8')).toBe(rootPem);
  });

  it('refuses an authority that has expired, and says so', async () => {
    await open();
    await expect(open(() => Date.now() + 3_651 * DAY_MS)).rejects.toThrow(/expired on .*Delete it and start again/);
  });

  it.each<[string, (content: string) => string, RegExp]>([
    ['half of it is missing', (content) => content.slice(0, content.length / 2), /is damaged: it does not hold/],
    ['it is empty', () => '', /is damaged: it does not hold/],
    ['a member is missing', (content) => content.replace('rootKey', 'key'), /is damaged: it does not hold/],
    ['a key is no PEM', (content) => content.replace(/BEGIN PRIVATE KEY/, 'BEGIN'), /cannot be read/],
    ['keys are swapped', swapKeys, /the key of the root does not belong/],
  ])('names the file and the remedy when %s', async (_, damage, problem) => {
    await open();
    writeFileSync(stateFile(), damage(readFileSync(stateFile(), 'utf8')));
    const error = await open().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StateFileError);
    expect((error as StateFileError).message).toMatch(problem);
    expect((error as StateFileError).message).toContain(stateFile());
    expect((error as StateFileError).message).toContain('Delete it and start again');
    expect((error as StateFileError).message).not.toContain('PRIVATE KEY');
  });

  it('refuses an intermediate of another root', async () => {
    await open();
    const first = JSON.parse(readFileSync(stateFile(), 'utf8')) as Record<string, string>;
    rmSync(stateFile());
    await open();
    const second = JSON.parse(readFileSync(stateFile(), 'utf8')) as Record<string, string>;
    const { rootCertificate, rootKey } = first;
    writeFileSync(stateFile(), JSON.stringify({ ...second, rootCertificate, rootKey }));
    await expect(open()).rejects.toThrow(/the root has not issued the intermediate/);
  });
});

function swapKeys(content: string): string {
  const { rootKey, intermediateKey, ...rest } = JSON.parse(content) as Record<string, string>;
  return JSON.stringify({ ...rest, rootKey: intermediateKey, intermediateKey: rootKey });
}
