import { generateKeyPairSync } from 'node:crypto';
import type { Finding } from '../../src/findings';
import { inspectCredential, type CredentialReport, type InspectOptions } from '../../src/pki/inspect-credential';
import { writePkcs12 } from '../../src/pki/pkcs12/write';
import { readCredentials } from '../../src/pki/read-credential';
import { xsuaaCredentials } from '../support/credentials';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';

const DAY_MS = 86_400_000;
let chain: TestChain;
let other: TestChain;
let server: TestCertificate;
beforeAll(async () => {
  [chain, other] = await Promise.all([makeChain({ days: 40 }), makeChain()]);
  server = await issue({ name: 'CN=*.example.com', issuer: chain.intermediate, use: 'server' });
});

async function inspect(content: string | Buffer, options: Partial<InspectOptions> = {}): Promise<CredentialReport> {
  const [credential] = await readCredentials(
    { bytes: Buffer.from(content), name: 'file' },
    { askPassword: async () => 'password' },
  );
  return inspectCredential(credential, { now: Date.now(), ...options });
}

async function codesOf(content: string | Buffer, options: Partial<InspectOptions> = {}): Promise<string[]> {
  return (await inspect(content, options)).findings.map(({ code }) => code);
}

async function findingOf(
  code: string,
  content: string | Buffer,
  options: Partial<InspectOptions> = {},
): Promise<Finding> {
  const found = (await inspect(content, options)).findings.find((finding) => finding.code === code);
  if (found === undefined) throw new Error(`no finding ${code}`);
  return found;
}

describe('inspectCredential', () => {
  it('reports chain and key of a sound credential, and finds nothing', async () => {
    const report = await inspect(chain.key + chain.certificate, { warnDays: 30 });
    expect(report).toMatchObject({
      name: 'file',
      format: 'PEM',
      identities: [
        {
          chain: [
            { role: 'leaf', daysLeft: 39, key: 'RSA 2048', clientAuthentication: true },
            { role: 'intermediate', key: 'EC P-256' },
            { role: 'root' },
          ],
          privateKey: { key: 'RSA 2048', encoding: 'PKCS#1' },
          complete: true,
          trust: { kind: 'private' },
        },
      ],
      authorities: [],
      privateKeys: [],
      findings: [],
    });
  });

  it('says in which field of a form each part belongs', async () => {
    const [identity] = (await inspect(chain.key + chain.certificate)).identities;
    const slots = [...(identity?.chain ?? []).map(({ slot }) => slot), identity?.privateKey?.slot];
    expect(slots).toEqual([
      expect.stringContaining('CRT'),
      expect.stringContaining('behind the leaf'),
      expect.stringContaining('trusted CA certificates of the server'),
      expect.stringContaining('KEY'),
    ]);
  });

  it.each<readonly [string, Finding['severity'], () => string | Buffer, () => Partial<InspectOptions>]>([
    ['certificate-expired', 'error', () => chain.certificate, () => ({ now: Date.now() + 41 * DAY_MS })],
    ['certificate-not-yet-valid', 'warning', () => chain.certificate, () => ({ now: Date.now() - DAY_MS })],
    ['certificate-expires-soon', 'warning', () => chain.certificate, () => ({ warnDays: 40 })],
    ['issuer-expired', 'error', () => chain.certificate, () => ({ now: Date.now() + 1001 * DAY_MS })],
    ['chain-gap', 'error', () => chain.leaf.pem, () => ({})],
    ['chain-gap', 'error', () => chain.leaf.pem + chain.root.pem, () => ({})],
    ['chain-root-missing', 'note', () => chain.leaf.pem + chain.intermediate.pem, () => ({})],
    ['chain-order', 'warning', () => chain.root.pem + chain.leaf.pem + chain.intermediate.pem, () => ({})],
    ['chain-foreign', 'warning', () => chain.certificate + other.root.pem, () => ({})],
    ['key-mismatch', 'error', () => other.key + chain.certificate, () => ({})],
    ['key-missing', 'warning', () => JSON.stringify({ ...xsuaaCredentials(chain), key: undefined }), () => ({})],
    ['client-auth-missing', 'warning', () => server.pem + chain.intermediate.pem + chain.root.pem, () => ({})],
    ['wildcard-subject', 'warning', () => server.pem + chain.intermediate.pem + chain.root.pem, () => ({})],
    ['server-auth-missing', 'warning', () => chain.certificate, () => ({ purpose: 'server' })],
    ['issuer-untrusted', 'error', () => chain.certificate, () => ({ trusted: [other.root.certificate] })],
    ['pem-repaired', 'warning', () => chain.certificate.replaceAll('\n', String.raw`\n`), () => ({})],
    [
      'key-encryption-legacy',
      'note',
      () =>
        chain.certificate +
        chain.leaf.key
          .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'password' })
          .toString(),
      () => ({}),
    ],
    [
      'keystore-legacy',
      'warning',
      () =>
        writePkcs12({
          key: chain.leaf.key,
          certificates: [chain.leaf.certificate, chain.intermediate.certificate, chain.root.certificate],
          password: 'password',
          alias: 'a',
          algorithms: 'legacy',
        }),
      () => ({}),
    ],
  ])('finds %s (%s)', async (code, severity, content, options) => {
    const finding = await findingOf(code, content(), options());
    expect(finding).toMatchObject({ severity, where: expect.stringContaining('file') as string });
    expect(finding.message).not.toBe('');
    expect(finding.remedy).not.toBe('');
  });

  it('finds a key that is too short', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const weak = await issue({ name: 'CN=weak', issuer: chain.root, use: 'client', key: privateKey });
    expect(await codesOf(pkcs1(privateKey) + weak.pem + chain.root.pem)).toEqual(['key-weak']);
  });

  it('names the issuer that is missing in a gap', async () => {
    const { message } = await findingOf('chain-gap', chain.leaf.pem + chain.root.pem);
    expect(message).toContain('"CN=Test Client CA"');
  });

  it('finds nothing of a client in a server’s certificate that is inspected as one', async () => {
    const pem = server.pem + chain.intermediate.pem + chain.root.pem;
    expect(await codesOf(pem, { purpose: 'server' })).toEqual([]);
  });

  it('accepts a chain that ends below a trusted authority, with or without its root', async () => {
    const trusted = [chain.root.certificate, other.root.certificate];
    expect(await codesOf(chain.certificate, { trusted })).toEqual([]);
    expect(await codesOf(chain.leaf.pem + chain.intermediate.pem, { trusted })).toEqual(['chain-root-missing']);
    expect(await codesOf(chain.certificate, { trusted: [chain.intermediate.certificate] })).toEqual([]);
  });

  it('reports the worst first', async () => {
    const pem = `${chain.root.pem}${server.pem}`.replaceAll('\n', '\r');
    const severities = (await inspect(pem, { now: Date.now() + 41 * DAY_MS })).findings.map(({ severity }) => severity);
    expect(severities[0]).toBe('error');
    expect(severities).toEqual([...severities].sort((a, b) => rank(a) - rank(b)));
  });

  it('inspects a bundle of authorities without asking for a leaf', async () => {
    const report = await inspect(chain.intermediate.pem + chain.root.pem + other.root.pem);
    expect(report.identities).toEqual([]);
    expect(report.authorities.map(({ role }) => role)).toEqual(['intermediate', 'root', 'root']);
    expect(report.findings).toEqual([]);
  });

  it('inspects several pairs in one file, each with its own chain', async () => {
    const report = await inspect(chain.key + chain.certificate + other.key + other.certificate);
    expect(report.identities.map(({ privateKey }) => privateKey?.key)).toEqual(['RSA 2048', 'RSA 2048']);
    expect(report.findings).toEqual([]);
  });

  it('inspects a key alone', async () => {
    const report = await inspect(chain.key);
    expect(report).toMatchObject({ identities: [], privateKeys: [{ key: 'RSA 2048' }], findings: [] });
  });

  it.each([
    ['self-signed', 'CN=own', 'has signed itself'],
    ['sap', 'CN=SAP Cloud Root CA, O=SAP SE, L=Walldorf, C=DE', 'nothing is left to be signed or paid'],
    ['private', 'CN=Company Root', 'has to import that root'],
  ])('says who trusts a certificate whose issuer is %s', async (kind, name, text) => {
    const root = await issue({ name });
    const leaf = await issue({ name: 'CN=client', issuer: root, use: 'client' });
    const pem =
      kind === 'self-signed'
        ? root.pem + root.key.export({ type: 'pkcs8', format: 'pem' }).toString()
        : leaf.pem + root.pem;
    const [identity] = (await inspect(pem)).identities;
    expect(identity?.trust).toMatchObject({ kind, text: expect.stringContaining(text) as string });
  });
});

function rank(severity: Finding['severity']): number {
  return ['error', 'warning', 'note'].indexOf(severity);
}
