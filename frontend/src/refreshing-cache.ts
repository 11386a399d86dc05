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
  /** Age from which the replacement of a useless value may be replaced as well. */
  readonly minReplaceGapMs?: number;
  readonly now?: () => number;
}

interface Entry<Value, Failure> {
  readonly value: Value;
  readonly expiresAt: number;
  /** For a replacement the moment from which it may be replaced itself. */
  readonly replaceableAt: number;
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
  /** Keys whose next value is a replacement. */
  readonly #replaced: LRUCache<string, true>;
  readonly #loading = new Map<string, Promise<LoadResult<Value, Failure>>>();
  readonly #options: Required<RefreshingCacheOptions<Failure>>;

  constructor(options: RefreshingCacheOptions<Failure>) {
    this.#options = { minRefreshGapMs: 1000, minReplaceGapMs: 60_000, now: Date.now, ...options };
    this.#entries = new LRUCache({ max: options.maxEntries });
    this.#replaced = new LRUCache({ max: options.maxEntries });
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

  /**
   * Forgets a value that turned out useless, so that the next request loads another. False for a replacement that is
   * still young: while each new value is as useless as the last, not every request shall cause a load.
   */
  replace(key: string, value: Value): boolean {
    const entry = this.#entries.peek(key);
    if (entry?.value !== value) return true;
    if (this.#options.now() < entry.replaceableAt) return false;
    this.#entries.delete(key);
    this.#replaced.set(key, true);
    return true;
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
    const now = this.#options.now();
    const refreshAt = Math.max(result.refreshAt, now + this.#options.minRefreshGapMs);
    const replaceableAt = this.#replaced.delete(key) ? now + this.#options.minReplaceGapMs : now;
    this.#entries.set(key, { value, expiresAt, replaceableAt, refreshAt });
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
