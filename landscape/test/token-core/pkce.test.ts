import { OAuthError } from '../../src/token-core/oauth-error';
import { checkCodeVerifier, readCodeChallenge } from '../../src/token-core/pkce';

/** RFC 7636, Appendix B. */
const vector = {
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
};

function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof OAuthError) return `${error.error}: ${error.description}`;
    throw error;
  }
  return 'no error';
}

describe('readCodeChallenge', () => {
  it('reads method and challenge; no method is plain, no challenge is none', () => {
    expect(readCodeChallenge(vector.challenge, 'S256')).toEqual({ method: 'S256', challenge: vector.challenge });
    expect(readCodeChallenge(vector.challenge, undefined)).toEqual({ method: 'plain', challenge: vector.challenge });
    expect(readCodeChallenge(undefined, undefined)).toBeUndefined();
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['42 characters', 'a'.repeat(42), 'S256'],
    ['129 characters', 'a'.repeat(129), 'S256'],
    ['other characters', `${'a'.repeat(43)}+`, 'S256'],
    ['a method that differs by case', vector.challenge, 's256'],
    ['an unknown method', vector.challenge, 'S512'],
    ['a method alone', undefined, 'S256'],
  ])('refuses %s', (_, challenge, method) => {
    expect(errorOf(() => readCodeChallenge(challenge, method))).toMatch(/^invalid_request: /);
  });
});

describe('checkCodeVerifier', () => {
  const expected = { method: 'S256', challenge: vector.challenge } as const;

  it('accepts the example of RFC 7636', () => {
    expect(errorOf(() => checkCodeVerifier(expected, vector.verifier))).toBe('no error');
  });

  it('accepts the challenge itself for plain only', () => {
    const plain = { method: 'plain', challenge: vector.challenge } as const;
    expect(errorOf(() => checkCodeVerifier(plain, vector.challenge))).toBe('no error');
    expect(errorOf(() => checkCodeVerifier(expected, vector.challenge))).toMatch(
      /^invalid_grant: Invalid code verifier/,
    );
  });

  it('refuses a verifier that is missing, superfluous, another one, or none', () => {
    expect(errorOf(() => checkCodeVerifier(expected, undefined))).toMatch(/^invalid_grant: .*must be provided/);
    expect(errorOf(() => checkCodeVerifier(undefined, vector.verifier))).toMatch(/^invalid_grant: .*not required/);
    expect(errorOf(() => checkCodeVerifier(expected, `${vector.verifier}x`))).toMatch(/^invalid_grant: Invalid code/);
    expect(errorOf(() => checkCodeVerifier(expected, 'short'))).toMatch(/^invalid_request: Code verifier length/);
    expect(errorOf(() => checkCodeVerifier(undefined, undefined))).toBe('no error');
  });
});
