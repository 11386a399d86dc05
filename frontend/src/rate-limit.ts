export interface RateLimitOptions {
  /** So many at once. */
  readonly capacity: number;
  /** Milliseconds until one more is allowed. */
  readonly refillMs: number;
}

/** Limits how often something is done: a number at once, and one more each time that an interval has passed. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  /** When all that was taken will be refilled. */
  #fullAt = -Infinity;

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /**
   * Takes one; returns 0, or when there is none, the milliseconds until there is.
   * @param now milliseconds of a clock that never goes back
   */
  take(now: number = performance.now()): number {
    const { capacity, refillMs } = this.#options;
    const fullAt = Math.max(this.#fullAt, now) + refillMs;
    const waitMs = fullAt - now - capacity * refillMs;
    if (waitMs > 0) return waitMs;
    this.#fullAt = fullAt;
    return 0;
  }
}
