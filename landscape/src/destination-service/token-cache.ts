import type { Token } from './token';

/** Where a token came from: `kept` means that its renewal failed while it was still valid. */
export type TokenSource = 'cache' | 'token service' | 'kept';

const MAX_MARGIN_MS = 60_000;
const MARGIN_SHARE = 0.1;

interface CachedToken {
  readonly token: Token;
  readonly expiresAt: number;
  readonly renewAt: number;
}

/** Keeps tokens until shortly before they expire; concurrent requests for one key cause one call. */
export class TokenCache {
  readonly #now: () => number;
  readonly #tokens = new Map<string, CachedToken>();
  readonly #running = new Map<string, Promise<Token>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws whatever `fetchToken` throws, when no valid token is left. Failures are not kept. */
  async get(key: string, fetchToken: () => Promise<Token>): Promise<{ token: Token; source: TokenSource }> {
    const cached = this.#tokens.get(key);
    if (cached !== undefined && this.#now() < cached.renewAt) return { token: cached.token, source: 'cache' };
    try {
      return { token: await this.#fetchOnce(key, fetchToken), source: 'token service' };
    } catch (error) {
      if (cached !== undefined && this.#now() < cached.expiresAt) return { token: cached.token, source: 'kept' };
      throw error;
    }
  }

  #fetchOnce(key: string, fetchToken: () => Promise<Token>): Promise<Token> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = this.#fetch(key, fetchToken).finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }

  async #fetch(key: string, fetchToken: () => Promise<Token>): Promise<Token> {
    const token = await fetchToken();
    const now = this.#now();
    this.#dropExpired(now);
    const { expiresAt } = token;
    if (expiresAt !== undefined) {
      const margin = Math.min(MAX_MARGIN_MS, (expiresAt - now) * MARGIN_SHARE);
      this.#tokens.set(key, { token, expiresAt, renewAt: expiresAt - margin });
    }
    return token;
  }

  #dropExpired(now: number): void {
    for (const [key, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(key);
  }
}
