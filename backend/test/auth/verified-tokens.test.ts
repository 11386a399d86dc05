import v8 from 'node:v8';
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

  it('remembers no more than its share of the memory, however few tokens that are', () => {
    const verified = new VerifiedTokens(1000, 10_000);
    const long = (name: string): string => name.padEnd(2000, '.');
    for (const name of ['a', 'b', 'c', 'd']) verified.remember(long(name), content);
    expect(['a', 'b', 'c', 'd'].map((name) => verified.has(long(name)))).toEqual([false, false, true, true]);
  });

  it('takes 10,000 tokens of usual length in the heap that the manifest declares', () => {
    const verified = new VerifiedTokens(10_000, 32 * 1024 * 1024);
    const jwts = Array.from({ length: 10_000 }, (_, index) => String(index).padEnd(1400, '.'));
    for (const jwt of jwts) verified.remember(jwt, content);
    expect(jwts.every((jwt) => verified.has(jwt))).toBe(true);
  });

  it('takes a third of the heap that the process may use, and forgets those first that were not used for longest', () => {
    const heap = { ...v8.getHeapStatistics(), heap_size_limit: 3 * 1024 * 1024 };
    const statistics = jest.spyOn(v8, 'getHeapStatistics').mockReturnValue(heap);
    const verified = new VerifiedTokens(10_000);
    statistics.mockRestore();
    const jwts = Array.from({ length: 1000 }, (_, index) => String(index).padEnd(1400, '.'));
    for (const jwt of jwts) {
      verified.remember(jwt, content);
      void verified.signatureCache.get(jwts[0] ?? '');
      void verified.decodeCache.get(jwts[0] ?? '');
    }
    const kept = jwts.map((jwt) => verified.has(jwt));
    // A megabyte, of which a token takes twice its length and a little more.
    expect(kept.filter(Boolean).length).toBeGreaterThan(300);
    expect(kept.filter(Boolean).length).toBeLessThanOrEqual(1024 ** 2 / 2800);
    expect(kept[0]).toBe(true);
    expect(kept.indexOf(true, 1)).toBe(1000 - kept.filter(Boolean).length + 1);
  });
});
