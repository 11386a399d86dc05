import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { allowsClientAuthentication, describeCertificate, isSelfSigned } from '../../src/pki/certificate';
import { describeKey } from '../../src/pki/private-key';
import { makeSelfSigned } from '../../src/pki/self-signed';
import { parseSubject } from '../../src/pki/subject-name';
import { itWith, runOracle } from '../support/openssl';
import { issue, makeChain, type TestChain } from '../support/test-chain';

let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain({ leafName: String.raw`C=DE, O=SAP SE, OU=Clients\, Test, L=mtlsxsuaa, CN=client` });
});

describe('describeCertificate', () => {
  it('counts whole days until the certificate ends, negative ones once it is over', () => {
    const facts = (days: number) => describeCertificate(chain.leaf.certificate, 'leaf', Date.now() + days * 86_400_000);
    expect(facts(0)).toMatchObject({ role: 'leaf', daysLeft: 6, key: 'RSA 2048' });
    expect(facts(8).daysLeft).toBe(-2);
  });

  itWith('openssl', ['version'])('says what openssl says', () => {
    const facts = describeCertificate(chain.leaf.certificate, 'leaf', Date.now());
    const openssl = (...args: string[]): string =>
      (runOracle('openssl', ['x509', '-noout', '-nameopt', 'RFC2253', ...args], chain.leaf.pem) ?? '').trim();
    expect(`subject=${facts.subject}`).toBe(openssl('-subject'));
    expect(`issuer=${facts.issuer}`).toBe(openssl('-issuer'));
    expect(`serial=${facts.serialNumber}`).toBe(openssl('-serial'));
    expect(Date.parse(facts.notAfter)).toBe(Date.parse(openssl('-enddate').replace('notAfter=', '')));
    const sha256 = openssl('-fingerprint', '-sha256').replace(/^.*=/, '').replaceAll(':', '');
    expect(facts['x5t#S256']).toBe(Buffer.from(sha256, 'hex').toString('base64url'));
  });
});

describe('describeKey', () => {
  it('names type and size of RSA keys and the curve of EC keys', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(describeKey(publicKey)).toBe('EC P-384');
    expect(describeKey(createPublicKey(chain.key))).toBe('RSA 2048');
  });
});

describe('allowsClientAuthentication', () => {
  it('needs clientAuth where the certificate has extended key usages, and nothing where it has none', async () => {
    expect(allowsClientAuthentication(chain.leaf.certificate)).toBe(true);
    const server = await issue({ name: 'CN=server', issuer: chain.root, use: 'server' });
    expect(allowsClientAuthentication(server.certificate)).toBe(false);
    const plain = await issue({ name: 'CN=plain', issuer: chain.root, use: 'none' });
    expect(allowsClientAuthentication(plain.certificate)).toBe(true);
  });
});

describe('isSelfSigned', () => {
  it('holds for a root and for a client that signs its own certificate, and for nothing that others signed', async () => {
    const { certificate } = await makeSelfSigned({
      subject: parseSubject('CN=client'),
      keyType: 'ec',
      validityDays: 1,
      now: Date.now(),
    });
    expect(isSelfSigned(certificate)).toBe(true);
    expect(isSelfSigned(chain.root.certificate)).toBe(true);
    expect(isSelfSigned(chain.leaf.certificate)).toBe(false);
    const namesake = await issue({ name: 'CN=Test Root CA', issuer: chain.root, use: 'client' });
    expect(isSelfSigned(namesake.certificate)).toBe(false);
  });
});
