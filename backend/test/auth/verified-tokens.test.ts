import { SecurityContext, Service, Token } from '@sap/xssec';
import v8 from 'node:v8';
import type { AcceptedContext } from '../../src/auth/security-context';
import { VerifiedTokens } from '../../src/auth/verified-tokens';

const service = new Service({ clientid: 'client' });
const verified = (jwt: string): AcceptedContext =>
  new SecurityContext(service, new Token(jwt, { header: { alg: 'RS256' }, payload: { sub: 'client' } }), {});

describe('VerifiedTokens', () => {
  it('gives back what was remembered, and tells the library that the signature was right', () => {
    const tokens = new VerifiedTokens(2);
    const one = verified('jwt');
    tokens.remember(one);
    expect(tokens.get('jwt')).toBe(one);
    expect(tokens.signatureCache.get('jwt')).toBe(true);
  });

  it('knows nothing of other tokens', () => {
    const tokens = new VerifiedTokens(2);
    expect(tokens.get('jwt')).toBeUndefined();
    expect(tokens.signatureCache.get('jwt')).toBeUndefined();
  });

  it('knows nothing of other claims with the signature of a token that it knows', () => {
    const tokens = new VerifiedTokens(2);
    const signature = 's'.repeat(342);
    tokens.remember(verified(`header.claims.${signature}`));
    expect(tokens.get(`header.claimz.${signature}`)).toBeUndefined();
    expect(tokens.signatureCache.get(`header.claimz.${signature}`)).toBeUndefined();
    expect(tokens.get(`header.claims.${signature}`)).toBeDefined();
  });

  it('does not let the library write a verdict', () => {
    const tokens = new VerifiedTokens(2);
    void tokens.signatureCache.set('jwt', true);
    expect(tokens.signatureCache.get('jwt')).toBeUndefined();
  });

  it('forgets the token that was not used for longest when it is full', () => {
    const tokens = new VerifiedTokens(2);
    tokens.remember(verified('a'));
    tokens.remember(verified('b'));
    tokens.get('a');
    tokens.remember(verified('c'));
    expect(['a', 'b', 'c'].map((jwt) => tokens.get(jwt) !== undefined)).toEqual([true, false, true]);
  });

  it('remembers no more than its share of the memory, however few tokens that are', () => {
    const tokens = new VerifiedTokens(1000, 10_000);
    const long = (name: string): string => name.padStart(2000, '.');
    for (const name of ['a', 'b', 'c', 'd']) tokens.remember(verified(long(name)));
    expect(['a', 'b', 'c', 'd'].map((name) => tokens.get(long(name)) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('takes 10,000 tokens of usual length in the heap that the manifest declares', () => {
    const tokens = new VerifiedTokens(10_000, 32 * 1024 * 1024);
    const jwts = Array.from({ length: 10_000 }, (_, index) => String(index).padStart(1400, '.'));
    for (const jwt of jwts) tokens.remember(verified(jwt));
    expect(jwts.every((jwt) => tokens.get(jwt) !== undefined)).toBe(true);
  });

  it('takes a third of the heap that the process may use, and forgets those first that were not used for longest', () => {
    const heap = { ...v8.getHeapStatistics(), heap_size_limit: 3 * 1024 * 1024 };
    const statistics = jest.spyOn(v8, 'getHeapStatistics').mockReturnValue(heap);
    const tokens = new VerifiedTokens(10_000);
    statistics.mockRestore();
    const jwts = Array.from({ length: 1000 }, (_, index) => String(index).padStart(1400, '.'));
    for (const jwt of jwts) {
      tokens.remember(verified(jwt));
      tokens.get(jwts[0] ?? '');
    }
    const kept = jwts.map((jwt) => tokens.get(jwt) !== undefined);
    // A megabyte, of which a token takes twice its length and a little more.
    expect(kept.filter(Boolean).length).toBeGreaterThan(300);
    expect(kept.filter(Boolean).length).toBeLessThanOrEqual(1024 ** 2 / 2800);
    expect(kept[0]).toBe(true);
    expect(kept.indexOf(true, 1)).toBe(1000 - kept.filter(Boolean).length + 1);
  });
});
