import { createHash, type X509Certificate } from 'node:crypto';
import { parseCertificateRoles, type CertificateRoles } from '../../src/inbound/certificate-roles';
import { identifyCaller } from '../../src/inbound/identify-caller';
import { Renewals } from '../../src/inbound/renewals';
import { createTestAuthority, DAY_MS, ExtendedKeyUsage, type TestAuthority } from '../support/test-authority';

const names = { subject: 'O=Example,CN=client', issuer: 'CN=Example CA' };
const MINUTE_MS = 60_000;

let authority: TestAuthority;
let renewals: Renewals;
beforeAll(async () => {
  authority = await createTestAuthority();
});
beforeEach(() => {
  renewals = new Renewals();
});

function read(value: object): CertificateRoles {
  const problems: string[] = [];
  const roles = parseCertificateRoles(value, (problem) => problems.push(problem));
  if (roles === undefined) throw new Error(problems.join('\n'));
  return roles;
}

function byThumbprint(certificate: X509Certificate): CertificateRoles {
  return read({ certificates: [{ name: 'a', roles: ['r'], 'x5t#S256': thumbprintOf(certificate) }] });
}

function byNames(more: object = {}, { pem } = authority): CertificateRoles {
  return read({ issuers: [pem], certificates: [{ name: 'a', roles: ['r'], ...names, ...more }] });
}

function thumbprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('base64url');
}

function identify(certificate: X509Certificate, roles: CertificateRoles, now = Date.now()) {
  return identifyCaller(certificate, { roles, renewals, now });
}

describe('identifyCaller', () => {
  it('knows exactly the certificate whose thumbprint an entry has', async () => {
    const certificate = await authority.issue();
    expect(identify(certificate, byThumbprint(certificate))).toEqual({
      kind: 'known',
      caller: {
        name: 'a',
        roles: new Set(['r']),
        certificate,
        thumbprint: thumbprintOf(certificate),
        knownBy: 'thumbprint',
      },
    });
    const renewed = await authority.issue();
    expect(identify(renewed, byThumbprint(certificate))).toEqual({
      kind: 'unknown',
      thumbprint: thumbprintOf(renewed),
    });
  });

  it('knows each certificate with the names of an entry that the issuer has signed', async () => {
    const roles = byNames();
    for (const certificate of [await authority.issue(), await authority.issue()])
      expect(identify(certificate, roles)).toMatchObject({ kind: 'known', caller: { name: 'a', knownBy: 'names' } });
    expect(identify(await authority.issue({ subject: 'CN=other' }), roles)).toMatchObject({ kind: 'unknown' });
  });

  it('does not know a certificate with the right names that somebody else has signed', async () => {
    const forger = await createTestAuthority();
    const forged = await forger.issue();
    expect([forged.subject, forged.issuer]).toEqual([
      (await authority.issue()).subject,
      (await authority.issue()).issuer,
    ]);
    expect(identify(forged, byNames())).toEqual({ kind: 'forged', thumbprint: thumbprintOf(forged), entry: 'a' });
    // Nor does it count for the rotation: the genuine one is still accepted.
    const newer = await forger.issue({ begin: 0 });
    expect(identify(newer, byNames())).toMatchObject({ kind: 'forged' });
    expect(identify(await authority.issue({ begin: -2 }), byNames())).toMatchObject({ kind: 'known' });
  });

  it('does not know a certificate that signed itself with the names of an entry', async () => {
    const roles = byNames({ subject: names.issuer });
    const forger = await createTestAuthority();
    expect(identify(await forger.issue({ subject: names.issuer }), roles)).toMatchObject({ kind: 'forged' });
  });

  it('does not trust an issuer that has expired', async () => {
    const old = await createTestAuthority({ end: -1 });
    expect(identify(await old.issue(), byNames({}, old))).toMatchObject({ kind: 'forged' });
  });

  it.each([
    ['has expired', { begin: -10, end: -1 }],
    ['is not valid yet', { begin: 1, end: 2 }],
  ])('refuses a certificate that %s, known or not', async (_name, validity) => {
    const certificate = await authority.issue(validity);
    for (const roles of [byThumbprint(certificate), byNames(), read({ certificates: [] })])
      expect(identify(certificate, roles)).toEqual({
        kind: 'not-valid',
        from: certificate.validFrom,
        to: certificate.validTo,
      });
  });

  it('refuses a certificate that may not authenticate clients, and takes one that says nothing of its purpose', async () => {
    const server = await authority.issue({ purposes: [ExtendedKeyUsage.serverAuth] });
    expect(identify(server, byThumbprint(server))).toEqual({ kind: 'wrong-purpose' });
    const both = await authority.issue({ purposes: [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth] });
    expect(identify(both, byThumbprint(both))).toMatchObject({ kind: 'known' });
    const open = await authority.issue({ purposes: undefined });
    expect(identify(open, byThumbprint(open))).toMatchObject({ kind: 'known' });
  });

  it('refuses a certificate that is known in both ways', async () => {
    const certificate = await authority.issue();
    const roles = read({
      issuers: [authority.pem],
      certificates: [
        { name: 'a', roles: ['r'], 'x5t#S256': thumbprintOf(certificate) },
        { name: 'b', roles: ['s'], ...names },
      ],
    });
    expect(identify(certificate, roles)).toEqual({ kind: 'ambiguous', entries: ['a', 'b'] });
  });

  it('refuses certificates that are older than an entry allows', async () => {
    const roles = byNames({ 'issued-after': new Date(Date.now() - 2 * DAY_MS).toISOString() });
    expect(identify(await authority.issue({ begin: -3 }), roles)).toMatchObject({ kind: 'outdated', entry: 'a' });
    expect(identify(await authority.issue({ begin: -1 }), roles)).toMatchObject({ kind: 'known' });
  });

  describe('when a certificate that is known by its names is renewed', () => {
    it('accepts the old one until the new one was used, and never again after that', async () => {
      const [old, renewed, roles] = [
        await authority.issue({ begin: -20 }),
        await authority.issue({ begin: -1 }),
        byNames(),
      ];
      expect(identify(old, roles)).toMatchObject({ kind: 'known' });
      expect(identify(renewed, roles)).toMatchObject({ kind: 'known' });
      expect(identify(old, roles)).toEqual({ kind: 'outdated', entry: 'a', from: old.validFrom });
      expect(identify(renewed, roles)).toMatchObject({ kind: 'known' });
      // Roles that were read anew do not forget it.
      expect(identify(old, byNames({ roles: ['other'] }))).toMatchObject({ kind: 'outdated' });
    });

    it('accepts one that is younger than ten minutes beside a newer one', async () => {
      const [old, renewed, roles] = [
        await authority.issue({ begin: 0 }),
        await authority.issue({ begin: 1 }),
        byNames(),
      ];
      const issued = Date.parse(old.validFrom);
      renewals.record([...roles.renewable.keys()][0] ?? '', Date.parse(renewed.validFrom));
      expect(identify(old, roles, issued + 10 * MINUTE_MS - 1)).toMatchObject({ kind: 'known' });
      expect(identify(old, roles, issued + 10 * MINUTE_MS)).toMatchObject({ kind: 'outdated' });
    });

    it('keeps entries apart', async () => {
      const other = { name: 'b', roles: ['r'], subject: 'CN=other', issuer: names.issuer };
      const roles = read({ issuers: [authority.pem], certificates: [{ name: 'a', roles: ['r'], ...names }, other] });
      expect(identify(await authority.issue(), roles)).toMatchObject({ kind: 'known' });
      expect(identify(await authority.issue({ subject: 'CN=other', begin: -20 }), roles)).toMatchObject({
        kind: 'known',
      });
    });
  });
});
