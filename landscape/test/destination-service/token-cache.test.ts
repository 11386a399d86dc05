import { TokenCache } from '../../src/destination-service/token-cache';
import type { Token } from '../../src/destination-service/token';

let now = 0;
let fetched = 0;
let cache: TokenCache;
beforeEach(() => {
  now = 1_000_000;
  fetched = 0;
  cache = new TokenCache(() => now);
});

/** Each token is another one and lives for the given time. */
const fetchToken = (seconds?: number) => async (): Promise<Token> => {
  fetched += 1;
  return {
    type: 'Bearer',
    value: `token-${fetched}`,
    ...(seconds !== undefined && { expiresAt: now + seconds * 1000 }),
  };
};
const fail = (): Promise<Token> => Promise.reject(new Error('down'));

async function get(fetcher: () => Promise<Token>, key = 'key'): Promise<string> {
  const { token, source } = await cache.get(key, fetcher);
  return `${token.value} ${source}`;
}

describe('TokenCache', () => {
  it('keeps a token until a minute before its end', async () => {
    expect(await get(fetchToken(3600))).toBe('token-1 token service');
    now += 3_539_000;
    expect(await get(fetchToken(3600))).toBe('token-1 cache');
    now += 1_000;
    expect(await get(fetchToken(3600))).toBe('token-2 token service');
  });

  it('renews short-lived tokens after nine tenths of their time', async () => {
    await get(fetchToken(60));
    now += 53_000;
    expect(await get(fetchToken(60))).toBe('token-1 cache');
    now += 1_000;
    expect(await get(fetchToken(60))).toBe('token-2 token service');
  });

  it('separates keys', async () => {
    await get(fetchToken(60), 'one');
    expect(await get(fetchToken(60), 'two')).toBe('token-2 token service');
  });

  it('keeps no token without an end', async () => {
    await get(fetchToken());
    expect(await get(fetchToken())).toBe('token-2 token service');
  });

  it('returns the old token when its renewal fails, as long as it is valid', async () => {
    await get(fetchToken(3600));
    now += 3_570_000;
    expect(await get(fail)).toBe('token-1 kept');
    now += 30_000;
    await expect(get(fail)).rejects.toThrow('down');
  });

  it('does not keep failures', async () => {
    await expect(get(fail)).rejects.toThrow('down');
    expect(await get(fetchToken(60))).toBe('token-1 token service');
  });

  it('shares a running call, also its failure', async () => {
    const results = await Promise.all([get(fetchToken(60)), get(fetchToken(60)), get(fetchToken(60))]);
    expect(results).toEqual(Array(3).fill('token-1 token service'));
    expect(fetched).toBe(1);
    const failures = await Promise.allSettled([get(fail, 'other'), get(fetchToken(60), 'other')]);
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
