import { parseCertificateRoles } from '../../src/inbound/certificate-roles';
import { createTestAuthority } from '../support/test-authority';

const hash = 'A'.repeat(43);
const names = { subject: 'CN=client,O=Example', issuer: 'CN=Example CA' };

function parse(value: unknown) {
  const problems: string[] = [];
  const roles = parseCertificateRoles(value, (problem) => problems.push(problem));
  return { roles, problems };
}

describe('parseCertificateRoles', () => {
  it('reads entries by thumbprint and by names', async () => {
    const { pem } = await createTestAuthority();
    const { roles, problems } = parse({
      issuers: [pem],
      certificates: [
        { name: 'a', 'x5t#S256': hash, roles: ['inbound.read', 'orders.read'] },
        { name: 'b', ...names, roles: ['inbound.read'], 'issued-after': '2026-11-22T08:00:00Z' },
      ],
    });
    expect(problems).toEqual([]);
    expect(roles?.pinned.get(hash)).toEqual({ name: 'a', roles: new Set(['inbound.read', 'orders.read']) });
    const [renewable] = [...(roles?.renewable.values() ?? [])];
    expect(renewable).toMatchObject({ name: 'b', issuedAfterMs: Date.UTC(2026, 10, 22, 8) });
  });

  it('takes an empty list: nobody may call', () => {
    expect(parse({ certificates: [] })).toMatchObject({
      problems: [],
      roles: { pinned: new Map(), renewable: new Map() },
    });
  });

  it('refuses names whose issuer it has no certificate of, since anybody can make a certificate with these names', async () => {
    const entry = { name: 'b', ...names, roles: ['r'] };
    const problem =
      'certificates.0 (b) has an "issuer" whose certificate is not in "issuers": without it, names can be forged';
    expect(parse({ certificates: [entry] })).toEqual({ roles: undefined, problems: [problem] });
    const { pem } = await createTestAuthority({ name: 'CN=Another CA' });
    expect(parse({ issuers: [pem], certificates: [entry] }).problems).toEqual([problem]);
  });

  it('refuses an issuer that is no authority, or more than one certificate', async () => {
    const [no, yes] = [await createTestAuthority({ isAuthority: false }), await createTestAuthority()];
    for (const pem of [no.pem, yes.pem + yes.pem, 'x', ''])
      expect(parse({ issuers: [pem], certificates: [] })).toEqual({
        roles: undefined,
        problems: [expect.stringMatching(/^issuers\.0 must /) as string],
      });
  });

  it.each([
    [null, 'the whole is missing or no object'],
    [[], 'certificates is missing or no object'],
    [{}, 'certificates is missing or no object'],
    [{ certificates: {} }, 'certificates must be a list'],
    [{ certificates: [], roles: [] }, 'roles is unknown'],
    [{ certificates: [{ name: 'a', roles: ['r'] }] }, 'certificates.0 (a) needs "x5t#S256", or "subject" and "issuer"'],
    [
      { certificates: [{ name: 'a', roles: ['r'], subject: names.subject }] },
      'certificates.0 (a) needs "x5t#S256", or "subject" and "issuer"',
    ],
    [
      { certificates: [{ name: 'a', roles: ['r'], 'x5t#S256': hash, ...names }] },
      'certificates.0 (a) has "x5t#S256" and names: give the one or the others',
    ],
    [{ certificates: [{ name: 'a', roles: [], 'x5t#S256': hash }] }, 'certificates.0.roles must name a role'],
    [
      { certificates: [{ name: 'a', roles: ['a b'], 'x5t#S256': hash }] },
      'certificates.0.roles.0 must have 1 to 64 letters, digits, . - and _',
    ],
    [{ certificates: [{ name: '', roles: ['r'], 'x5t#S256': hash }] }, 'certificates.0.name must not be empty'],
    [{ certificates: [{ name: 'a', role: ['r'], 'x5t#S256': hash, roles: ['r'] }] }, 'certificates.0.role is unknown'],
    [
      { certificates: [{ name: 'a', roles: ['r'], 'x5t#S256': 'AB:CD' }] },
      'certificates.0.x5t#S256 must be SHA-256 in base64url, 43 characters, as mtls cert extract prints it',
    ],
    [
      { certificates: [{ name: 'a', roles: ['r'], subject: 'client', issuer: names.issuer }] },
      'certificates.0.subject must be a name as mtls cert extract prints it, e.g. CN=client,O=Example',
    ],
    [
      { certificates: [{ name: 'a', roles: ['r'], ...names, 'issued-after': 'yesterday' }] },
      'certificates.0.issued-after must be a time such as 2026-11-22T08:00:00Z',
    ],
    [
      { certificates: [{ name: 'a', roles: ['r'], ...names, 'issued-after': '2026-11-22T08:00:00+00' }] },
      'certificates.0.issued-after must be a time such as 2026-11-22T08:00:00Z',
    ],
  ])('refuses %j', (value, problem) => {
    expect(parse(value)).toEqual({ roles: undefined, problems: [problem] });
  });

  it('refuses two entries for one certificate', async () => {
    const { pem } = await createTestAuthority();
    const one = { name: 'a', roles: ['r'], 'x5t#S256': hash };
    expect(parse({ certificates: [one, { ...one, name: 'b' }] }).problems).toEqual([
      'certificates.1 (b) has the "x5t#S256" of another entry: put all its roles into one',
    ]);
    const two = { name: 'a', roles: ['r'], ...names };
    const again = { ...two, name: 'b', subject: 'cn=client, o=Example' };
    expect(parse({ issuers: [pem], certificates: [two, again] }).problems).toEqual([
      'certificates.1 (b) has the names of another entry: put all its roles into one',
    ]);
  });

  it('lists all problems at once', () => {
    const { problems } = parse({
      certificates: [
        { name: 'a', roles: ['r'] },
        { name: 'b', roles: ['r'] },
      ],
    });
    expect(problems).toHaveLength(2);
  });
});
