import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import type { JsonName } from '@peculiar/x509';
import { issueCertificate, type Issuer, type Profile } from '../../src/ca/issue-certificate';
import { generateRsaKey, importSigningKey } from '../../src/ca/rsa-key';

export const DAY_MS = 86_400_000;

export interface TestAuthority extends Issuer {
  readonly certificate: X509Certificate;
}

export interface TestCertificate {
  readonly x509: X509Certificate;
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

/** A certificate authority that the landscape does not know. */
export async function createTestAuthority(commonName: string): Promise<TestAuthority> {
  const { publicKey, privateKey } = await generateRsaKey(2048);
  const name: JsonName = [{ O: ['Test'] }, { CN: [commonName] }];
  const issuer = { name, publicKey, signingKey: await importSigningKey(privateKey) };
  const certificate = await issueCertificate({
    profile: 'root',
    subject: name,
    publicKey,
    notBefore: new Date(Date.now() - 400 * DAY_MS),
    notAfter: new Date(Date.now() + 400 * DAY_MS),
    issuer,
  });
  return { ...issuer, certificate };
}

export interface TestCertificateOptions {
  readonly subject?: JsonName;
  readonly profile?: Profile;
  /** Days from now. */
  readonly begin?: number;
  readonly end?: number;
}

export async function issueTestCertificate(
  issuer: Issuer,
  {
    subject = [{ O: ['Test'] }, { CN: ['client'] }],
    profile = 'client',
    begin = -1,
    end = 30,
  }: TestCertificateOptions = {},
): Promise<TestCertificate> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const x509 = await issueCertificate({
    profile,
    subject,
    publicKey,
    notBefore: new Date(Date.now() + begin * DAY_MS),
    notAfter: new Date(Date.now() + end * DAY_MS),
    issuer,
  });
  return { x509, certificate: x509.toString(), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
