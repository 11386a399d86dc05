import { boundThumbprint, describeClaims } from '../../src/pages/claims';
import type { ScenarioResult } from '../../src/scenario';
import { KEYSTORE, NOW, SUCCESS } from './models';

const withClaims = (claims: Record<string, unknown>, body?: unknown, status = 200): ScenarioResult => ({
  hops: [],
  token: { claims },
  ...(body === undefined ? {} : { backend: { status, body } }),
});

describe('describeClaims', () => {
  it('puts cnf first and shows it as the fragment that the token holds', () => {
    const [first] = describeClaims(SUCCESS, NOW);
    expect(first).toMatchObject({ name: 'cnf', value: `"cnf":{"x5t#S256":"${KEYSTORE}"}` });
  });

  it('explains every claim of an XSUAA token in one line', () => {
    const rows = describeClaims(SUCCESS, NOW);
    expect(rows.filter(({ meaning }) => meaning.includes('no standard'))).toEqual([]);
    expect(rows.filter(({ meaning }) => meaning.includes('\n'))).toEqual([]);
  });

  it('keeps claims that it does not know, last and in their order', () => {
    const rows = describeClaims(withClaims({ zebra: 1, ant: null, iss: 'i' }), NOW);
    expect(rows.map(({ name, value }) => [name, value])).toEqual([
      ['iss', 'i'],
      ['zebra', '1'],
      ['ant', 'null'],
    ]);
    expect(rows[1]?.meaning).toBe('Set by the issuer; no standard gives it a meaning.');
  });

  it('takes a claim named like a member of every object for an unknown one', () => {
    expect(describeClaims(withClaims({ constructor: 'x', toString: 'y' }), NOW).map(({ meaning }) => meaning)).toEqual([
      'Set by the issuer; no standard gives it a meaning.',
      'Set by the issuer; no standard gives it a meaning.',
    ]);
  });

  it('reads times as moments, and leaves what is no sensible time alone', () => {
    const rows = describeClaims(withClaims({ exp: NOW.getTime() / 1000 + 7200, iat: 1e300, nbf: 'tomorrow' }), NOW);
    expect(rows.map(({ name, reading }) => [name, reading])).toEqual([
      ['iat', undefined],
      ['nbf', undefined],
      ['exp', '2026-11-22 11:05 UTC, in 2 hours'],
    ]);
  });

  it('marks a claim verified when the backend answered 200 with the same name and value', () => {
    const claims = { iss: 'i', aud: ['a', 'b'], sub: 's' };
    const rows = describeClaims(withClaims(claims, { claims: { iss: 'i', aud: ['a', 'b'], sub: 'other' } }), NOW);
    expect(rows.map(({ name, verified }) => [name, verified])).toEqual([
      ['iss', true],
      ['sub', false],
      ['aud', true],
    ]);
  });

  it.each<[string, unknown, number]>([
    ['an error', { claims: { iss: 'i' } }, 401],
    ['a body without claims', { message: 'hello' }, 200],
    ['claims that are no object', { claims: ['iss'] }, 200],
    ['text', 'iss', 200],
  ])('marks nothing verified when the backend answered with %s', (_, body, status) => {
    expect(describeClaims(withClaims({ iss: 'i' }, body, status), NOW)[0]?.verified).toBe(false);
  });
});

describe('boundThumbprint', () => {
  it('returns the thumbprint in cnf', () => {
    expect(boundThumbprint(SUCCESS)).toBe(KEYSTORE);
  });

  it.each([undefined, null, 'text', ['x5t#S256'], {}, { 'x5t#S256': 5 }])('returns nothing for cnf %j', (cnf) => {
    expect(boundThumbprint(withClaims({ cnf }))).toBeUndefined();
  });
});
