import { LRUCache } from 'lru-cache';

/** Times are milliseconds since the epoch: from `refreshAt` on a new value is wanted, from `expiresAt` on this one is useless. */
export type LoadResult<Value, Failure> =
  | { readonly ok: true; readonly value: Value; readonly refreshAt: number; readonly expiresAt: number }
  | { readonly ok: false; readonly failure: Failure };

export type CacheResult<Value, Failure> =
  | { readonly ok: true; readonly from: 'load' | 'cache'; readonly value: Value }
  /** From the cache while the last refresh has failed. */
  | { readonly ok: true; readonly from: 'stale'; readonly value: Value; readonly failure: Failure }
  | { readonly ok: false; readonly failure: Failure };

export interface RefreshingCacheOptions<Failure> {
  readonly maxEntries: number;
  /** Whether a value that is still valid is served although its refresh failed in this way. */
  readonly survives: (failure: Failure) => boolean;
  /** Hears of the first of a series of failed refreshes: nobody waits for those, so they are reported here. */
  readonly onRefreshFailed: (failure: Failure) => void;
  /** Hears of what a load threw in the background, which is a bug. */
  readonly onUnexpected: (error: unknown) => void;
  /** Gap between two refreshes of one key, whatever their outcome. */
  readonly minRefreshGapMs?: number;
  readonly now?: () => number;
}

interface Entry<Value, Failure> {
  readonly value: Value;
  readonly expiresAt: number;
  refreshAt: number;
  failure?: Failure;
}

/**
 * A bounded cache whose values have two ends: a soft one, from which a request still gets the value while a refresh
 * runs behind it, and a hard one. Requests that need a load share one. lru-cache keeps the entries; its own
 * `fetchMethod` knows one end only, and not that a refresh has failed.
 */
export class RefreshingCache<Value, Failure> {
  readonly #entries: LRUCache<string, Entry<Value, Failure>>;
  readonly #loading = new Map<string, Promise<LoadResult<Value, Failure>>>();
  readonly #options: Required<RefreshingCacheOptions<Failure>>;

  constructor(options: RefreshingCacheOptions<Failure>) {
    this.#options = { minRefreshGapMs: 1000, now: Date.now, ...options };
    this.#entries = new LRUCache({ max: options.maxEntries });
  }

  async get(key: string, load: () => Promise<LoadResult<Value, Failure>>): Promise<CacheResult<Value, Failure>> {
    const entry = this.#entries.get(key);
    const now = this.#options.now();
    if (entry === undefined || now >= entry.expiresAt) {
      const loaded = await this.#load(key, load);
      return loaded.ok ? { ok: true, from: 'load', value: loaded.value } : loaded;
    }
    if (now >= entry.refreshAt) {
      entry.refreshAt = now + this.#options.minRefreshGapMs;
      void this.#refresh(key, load, entry);
    }
    const { value, failure } = entry;
    return failure === undefined ? { ok: true, from: 'cache', value } : { ok: true, from: 'stale', value, failure };
  }

  /** Forgets the value if it is still this one: of many requests that find it useless, one causes a new load. */
  discard(key: string, value: Value): void {
    if (this.#entries.peek(key)?.value === value) this.#entries.delete(key);
  }

  #load(key: string, load: () => Promise<LoadResult<Value, Failure>>): Promise<LoadResult<Value, Failure>> {
    const running = this.#loading.get(key);
    if (running !== undefined) return running;
    const started = load()
      .then((result) => this.#store(key, result))
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, started);
    return started;
  }

  #store(key: string, result: LoadResult<Value, Failure>): LoadResult<Value, Failure> {
    if (!result.ok) return result;
    const { value, expiresAt } = result;
    const refreshAt = Math.max(result.refreshAt, this.#options.now() + this.#options.minRefreshGapMs);
    this.#entries.set(key, { value, expiresAt, refreshAt });
    return result;
  }

  async #refresh(
    key: string,
    load: () => Promise<LoadResult<Value, Failure>>,
    entry: Entry<Value, Failure>,
  ): Promise<void> {
    try {
      const result = await this.#load(key, load);
      if (result.ok) return;
      if (entry.failure === undefined) this.#options.onRefreshFailed(result.failure);
      entry.failure = result.failure;
      if (!this.#options.survives(result.failure)) this.discard(key, entry.value);
    } catch (error) {
      this.#options.onUnexpected(error);
    }
  }
}
