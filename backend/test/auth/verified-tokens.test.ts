import { VerifiedTokens } from '../../src/auth/verified-tokens';

const content = { header: { alg: 'RS256' }, payload: { sub: 'client' } };

describe('VerifiedTokens', () => {
  it('gives the library what was remembered: the content, and that the signature was right', () => {
    const verified = new VerifiedTokens(2);
    verified.remember('jwt', content);
    expect(verified.has('jwt')).toBe(true);
    expect(verified.decodeCache.get('jwt')).toEqual(content);
    expect(verified.signatureCache.get('jwt')).toBe(true);
  });

  it('knows nothing of other tokens', () => {
    const verified = new VerifiedTokens(2);
    expect(verified.has('jwt')).toBe(false);
    expect(verified.decodeCache.get('jwt')).toBeUndefined();
    expect(verified.signatureCache.get('jwt')).toBeUndefined();
  });

  it('does not let the library write, neither a decoded token nor a signature', () => {
    const verified = new VerifiedTokens(2);
    void verified.decodeCache.set('jwt', content);
    void verified.signatureCache.set('jwt', true);
    expect(verified.has('jwt')).toBe(false);
  });

  it('forgets the token that was not used for longest when it is full', () => {
    const verified = new VerifiedTokens(2);
    verified.remember('a', content);
    verified.remember('b', content);
    void verified.decodeCache.get('a');
    verified.remember('c', content);
    expect(['a', 'b', 'c'].map((jwt) => verified.has(jwt))).toEqual([true, false, true]);
  });
});
