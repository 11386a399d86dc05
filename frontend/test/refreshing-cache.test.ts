import { RefreshingCache, type LoadResult } from '../src/refreshing-cache';

type Result = LoadResult<string, string>;

/** A cache with a clock of its own, whose loads the test answers. */
function create({ survives = true }: { readonly survives?: boolean } = {}) {
  let now = 1_000_000;
  const told: { readonly failed: string[]; readonly unexpected: unknown[] } = { failed: [], unexpected: [] };
  const waiting: { resolve(result: Result): void; reject(error: Error): void }[] = [];
  const cache = new RefreshingCache<string, string>({
    maxEntries: 2,
    survives: () => survives,
    onRefreshFailed: (failure) => told.failed.push(failure),
    onUnexpected: (error) => told.unexpected.push(error),
    now: () => now,
  });
  const load = jest.fn(() => new Promise<Result>((resolve, reject) => waiting.push({ resolve, reject })));
  const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    load,
    told,
    get: (key = 'a') => cache.get(key, load),
    discard: (value: string) => cache.discard('a', value),
    replace: (value: string, key = 'a') => cache.replace(key, value),
    advance: (ms: number) => (now += ms),
    async answer(result: Result): Promise<void> {
      waiting.shift()?.resolve(result);
      await settle();
    },
    async reject(error: Error): Promise<void> {
      waiting.shift()?.reject(error);
      await settle();
    },
    loaded: (value: string, refreshIn = 10_000, expiresIn = 60_000): Result => ({
      ok: true,
      value,
      refreshAt: now + refreshIn,
      expiresAt: now + expiresIn,
    }),
    async fill(value = 'first', refreshIn?: number, expiresIn?: number, key?: string): Promise<void> {
      const got = this.get(key);
      await this.answer(this.loaded(value, refreshIn, expiresIn));
      await got;
    },
  };
}

const failed = { ok: false, failure: 'down' } as const;

describe('RefreshingCache', () => {
  it('loads once for all who wait, and then answers from the cache', async () => {
    const cache = create();
    const waiting = Promise.all([cache.get(), cache.get(), cache.get()]);
    await cache.answer(cache.loaded('first'));
    expect(await waiting).toEqual(Array.from({ length: 3 }, () => ({ ok: true, from: 'load', value: 'first' })));
    expect(await cache.get()).toEqual({ ok: true, from: 'cache', value: 'first' });
    expect(cache.load).toHaveBeenCalledTimes(1);
  });

  it('gives a failed first load to all who wait and keeps nothing of it', async () => {
    const cache = create();
    const waiting = Promise.all([cache.get(), cache.get()]);
    await cache.answer(failed);
    expect(await waiting).toEqual([failed, failed]);
    const again = cache.get();
    await cache.answer(cache.loaded('second'));
    expect(await again).toMatchObject({ ok: true, value: 'second' });
  });

  it('passes on what a load throws, and loads again', async () => {
    const cache = create();
    const waiting = cache.get();
    await Promise.all([expect(waiting).rejects.toThrow('bug'), cache.reject(new Error('bug'))]);
    const again = cache.get();
    await cache.answer(cache.loaded('second'));
    expect(await again).toMatchObject({ ok: true });
  });

  it('refreshes once in the background from refreshAt on, without anyone waiting', async () => {
    const cache = create();
    await cache.fill();
    cache.advance(9_999);
    await cache.get();
    expect(cache.load).toHaveBeenCalledTimes(1);
    cache.advance(1);
    expect(await cache.get()).toEqual({ ok: true, from: 'cache', value: 'first' });
    expect(await cache.get()).toEqual({ ok: true, from: 'cache', value: 'first' });
    expect(cache.load).toHaveBeenCalledTimes(2);
    await cache.answer(cache.loaded('second'));
    expect(await cache.get()).toEqual({ ok: true, from: 'cache', value: 'second' });
  });

  it('serves the old value with the failure while refreshes fail, tries once a second, and tells of the first one', async () => {
    const cache = create();
    await cache.fill();
    cache.advance(10_000);
    await cache.get();
    await cache.answer(failed);
    expect(await cache.get()).toEqual({ ok: true, from: 'stale', value: 'first', failure: 'down' });
    expect(cache.load).toHaveBeenCalledTimes(2);
    cache.advance(1000);
    await cache.get();
    await cache.answer({ ok: false, failure: 'still down' });
    expect(await cache.get()).toMatchObject({ from: 'stale', failure: 'still down' });
    expect(cache.load).toHaveBeenCalledTimes(3);
    expect(cache.told.failed).toEqual(['down']);
    cache.advance(1000);
    await cache.get();
    await cache.answer(cache.loaded('second'));
    expect(await cache.get()).toEqual({ ok: true, from: 'cache', value: 'second' });
  });

  it('makes everyone wait from expiresAt on, and then fails when the load fails', async () => {
    const cache = create();
    await cache.fill();
    cache.advance(60_000);
    const waiting = cache.get();
    await cache.answer(failed);
    expect(await waiting).toEqual(failed);
  });

  it('drops the value at a failure that it does not survive', async () => {
    const cache = create({ survives: false });
    await cache.fill();
    cache.advance(10_000);
    await cache.get();
    await cache.answer(failed);
    const waiting = cache.get();
    await cache.answer(failed);
    expect(await waiting).toEqual(failed);
  });

  it('does not refresh more than once a second, even when the value is always about to expire', async () => {
    const cache = create();
    await cache.fill('first', 0, 60_000);
    await cache.get();
    expect(cache.load).toHaveBeenCalledTimes(1);
    cache.advance(1000);
    await cache.get();
    expect(cache.load).toHaveBeenCalledTimes(2);
  });

  it('reports what a background load throws', async () => {
    const cache = create();
    await cache.fill();
    cache.advance(10_000);
    await cache.get();
    await cache.reject(new Error('bug'));
    expect(cache.told.unexpected).toEqual([new Error('bug')]);
    expect(await cache.get()).toMatchObject({ from: 'cache', value: 'first' });
  });

  it('forgets a value on demand, and only that value', async () => {
    const cache = create();
    await cache.fill();
    cache.discard('another');
    expect(await cache.get()).toMatchObject({ from: 'cache' });
    cache.discard('first');
    const waiting = cache.get();
    await cache.answer(cache.loaded('second'));
    expect(await waiting).toMatchObject({ from: 'load', value: 'second' });
  });

  it('keeps no more entries than it may', async () => {
    const cache = create();
    for (const key of ['a', 'b', 'c']) {
      const waiting = cache.get(key);
      await cache.answer(cache.loaded(key));
      await waiting;
    }
    expect(await cache.get('c')).toMatchObject({ from: 'cache' });
    const first = cache.get('a');
    await cache.answer(cache.loaded('a'));
    expect(await first).toMatchObject({ from: 'load' });
  });

  it('replaces a useless value once, and its replacement only from a minute on', async () => {
    const cache = create();
    await cache.fill();
    expect(cache.replace('first')).toBe(true);
    expect(cache.replace('first')).toBe(true); // of another request that had it
    const again = cache.get();
    await cache.answer(cache.loaded('second'));
    await again;
    expect(cache.replace('first')).toBe(true);
    expect(cache.replace('second')).toBe(false);
    expect(await cache.get()).toMatchObject({ value: 'second' });
    cache.advance(60_000);
    expect(cache.replace('second')).toBe(true);
  });

  it('remembers no more replacements that never came than values', async () => {
    const cache = create();
    for (const key of ['a', 'b', 'c']) {
      await cache.fill(key, undefined, undefined, key);
      expect(cache.replace(key, key)).toBe(true);
      const waiting = cache.get(key);
      await cache.answer(failed);
      await waiting;
    }
    for (const key of ['c', 'a']) await cache.fill(key, undefined, undefined, key);
    expect(cache.replace('c', 'c')).toBe(false);
    expect(cache.replace('a', 'a')).toBe(true); // the oldest is forgotten
  });
});
