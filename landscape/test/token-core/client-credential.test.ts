import type { ClientCertificate } from '../../src/token-core/client-certificate';
import { thumbprintOf } from '../../src/token-core/client-certificate';
import {
  createGeneratedCertificate,
  createPinnedCertificate,
  createRenewableCertificate,
  createSecret,
  isSignedBy,
} from '../../src/token-core/client-credential';
import {
  createTestAuthority,
  DAY_MS,
  issueTestCertificate,
  type TestAuthority,
  type TestCertificate,
} from './test-certificates';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let authority: TestAuthority;
beforeAll(async () => {
  authority = await createTestAuthority('Issuing CA');
});

const present = ({ x509 }: TestCertificate): ClientCertificate => ({ x509, thumbprint: thumbprintOf(x509) });

describe('createSecret', () => {
  it('matches the secret and nothing else', () => {
    const { matches } = createSecret('3dc9c8ec$kD1v=');
    expect(matches('3dc9c8ec$kD1v=')).toBe(true);
    for (const other of ['', '3dc9c8ec$kD1v', '3dc9c8ec$kD1v= ', '3DC9C8EC$kD1v=']) expect(matches(other)).toBe(false);
  });
});

describe('createPinnedCertificate', () => {
  it('matches exactly the certificate, not another with the same names of the same issuer', async () => {
    const [first, second] = [await issueTestCertificate(authority), await issueTestCertificate(authority)];
    const credential = createPinnedCertificate(first.x509);
    expect(credential.match(present(first), Date.now())).toBe('match');
    expect(credential.match(present(second), Date.now())).toBe('other');
    expect(credential.trust).toBe('credential');
    expect(createGeneratedCertificate(first.x509).trust).toBe('chain');
  });
});

describe('createRenewableCertificate', () => {
  it('matches a newer certificate with the same names of the same issuer', async () => {
    const first = await issueTestCertificate(authority, { begin: -10 });
    const renewed = await issueTestCertificate(authority, { begin: -1 });
    const credential = createRenewableCertificate(first.x509, [authority.certificate]);
    expect(credential.match(present(first), Date.now())).toBe('match');
    expect(credential.match(present(renewed), Date.now())).toBe('match');
  });

  it('calls the older certificate outdated once the newer was used, not before', async () => {
    const first = await issueTestCertificate(authority, { begin: -10 });
    const renewed = await issueTestCertificate(authority, { begin: -1 });
    const credential = createRenewableCertificate(first.x509, [authority.certificate]);
    expect(credential.match(present(renewed), Date.now())).toBe('match');
    expect(credential.match(present(first), Date.now())).toBe('match');
    credential.recordUse?.(present(renewed));
    expect(credential.match(present(first), Date.now())).toBe('outdated');
    expect(credential.match(present(renewed), Date.now())).toBe('match');
  });

  it('accepts a certificate that began less than ten minutes ago even when a newer one was used', async () => {
    const minutes = (count: number) => count / (24 * 60);
    const fresh = await issueTestCertificate(authority, { begin: minutes(-9) });
    const newer = await issueTestCertificate(authority, { begin: minutes(-1) });
    const credential = createRenewableCertificate(fresh.x509, [authority.certificate]);
    credential.recordUse?.(present(newer));
    expect(credential.match(present(fresh), Date.now())).toBe('match');
    expect(credential.match(present(fresh), Date.now() + 5 * 60_000)).toBe('outdated');
  });

  it('does not match a certificate with the same names from another key', async () => {
    const impostor = await createTestAuthority('Issuing CA');
    const first = await issueTestCertificate(authority);
    const forged = await issueTestCertificate(impostor);
    expect(forged.x509.issuer).toBe(first.x509.issuer);
    const credential = createRenewableCertificate(first.x509, [authority.certificate]);
    expect(credential.match(present(forged), Date.now())).toBe('other');
  });

  it('does not match a certificate of an authority that has expired meanwhile', async () => {
    const first = await issueTestCertificate(authority);
    const renewed = await issueTestCertificate(authority, { begin: 300, end: 900 });
    const credential = createRenewableCertificate(first.x509, [authority.certificate]);
    expect(credential.match(present(renewed), Date.now() + 399 * DAY_MS)).toBe('match');
    expect(credential.match(present(renewed), Date.now() + 401 * DAY_MS)).toBe('other');
  });

  it('matches what a self-signed certificate’s own key has signed again, also when the first has expired', async () => {
    const { certificate } = authority;
    const credential = createRenewableCertificate(certificate, [certificate]);
    const presented = { x509: certificate, thumbprint: thumbprintOf(certificate) };
    expect(credential.match(presented, Date.now() + 401 * DAY_MS)).toBe('match');
  });

  it('does not match another subject', async () => {
    const first = await issueTestCertificate(authority);
    const other = await issueTestCertificate(authority, { subject: [{ O: ['Test'] }, { CN: ['other'] }] });
    const credential = createRenewableCertificate(first.x509, [authority.certificate]);
    expect(credential.match(present(other), Date.now() + DAY_MS)).toBe('other');
  });

  it('compares names without regard to case and to the amount of white space', async () => {
    const first = await issueTestCertificate(authority, { subject: [{ O: ['My  Company'] }, { CN: ['Client'] }] });
    const same = await issueTestCertificate(authority, { subject: [{ O: ['my company '] }, { CN: ['CLIENT'] }] });
    const reordered = await issueTestCertificate(authority, { subject: [{ CN: ['Client'] }, { O: ['My  Company'] }] });
    const credential = createRenewableCertificate(first.x509, [authority.certificate]);
    expect(credential.match(present(same), Date.now())).toBe('match');
    expect(credential.match(present(reordered), Date.now())).toBe('other');
  });
});

describe('isSignedBy', () => {
  it('knows the issuer, and a self-signed certificate as its own', async () => {
    const { x509 } = await issueTestCertificate(authority);
    expect(isSignedBy(x509, [authority.certificate])).toBe(true);
    expect(isSignedBy(x509, [x509])).toBe(false);
    expect(isSignedBy(authority.certificate, [authority.certificate])).toBe(true);
  });
});
