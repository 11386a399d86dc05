export interface RateLimitOptions {
  /** So many at once. */
  readonly capacity: number;
  /** Milliseconds until one more is allowed. */
  readonly refillMs: number;
}

/** Limits how often something is done: a number at once, and one more each time that an interval has passed. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  #left: number;
  #countedAt: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(options: RateLimitOptions, now: number = performance.now()) {
    this.#options = options;
    this.#left = options.capacity;
    this.#countedAt = now;
  }

  /** Takes one; returns 0, or when there is none, the milliseconds until there is. */
  take(now: number = performance.now()): number {
    const { capacity, refillMs } = this.#options;
    this.#left = Math.min(capacity, this.#left + (now - this.#countedAt) / refillMs);
    this.#countedAt = now;
    if (this.#left < 1) return (1 - this.#left) * refillMs;
    this.#left -= 1;
    return 0;
  }
}
