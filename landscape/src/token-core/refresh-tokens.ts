import { randomBytes } from 'node:crypto';
import type { Authorization } from './authorization';
import { ExpiringStore } from './expiring-store';

export interface RefreshToken {
  readonly authorization: Authorization;
  /** `x5t#S256` of the only certificate that it may come over; absent when the client had a secret. */
  readonly thumbprint?: string;
  /** The one that it was got with, and makes useless when it is used itself. */
  readonly predecessor?: string;
}

/**
 * What becomes of a refresh token that is used: it stays as it is (UAA), or the answer brings a new one and the old one ends
 * at once, after five minutes, or in its own time (the identity service: `refresh-usage-after-renewal`).
 */
export type RefreshTokenRenewal = 'none' | 'off' | 'online' | 'mobile';

export interface RefreshTokensOptions {
  readonly now: () => number;
  /** What each ends with: UAA marks them. */
  readonly suffix?: string;
}

const ONLINE_GRACE_S = 300;

/** The refresh tokens of a token service: opaque, in memory. */
export class RefreshTokens {
  readonly #tokens: ExpiringStore<RefreshToken>;
  readonly #suffix: string;

  constructor({ now, suffix = '' }: RefreshTokensOptions) {
    this.#tokens = new ExpiringStore(now);
    this.#suffix = suffix;
  }

  /** @param validityS - Seconds. */
  issue(content: RefreshToken, validityS: number): string {
    const token = `${randomBytes(16).toString('hex')}${this.#suffix}`;
    this.#tokens.add(token, content, validityS);
    return token;
  }

  find(token: string): RefreshToken | undefined {
    return this.#tokens.find(token);
  }

  /** Replaces a token that is being used by another one. */
  replace(
    token: string,
    content: RefreshToken,
    { renewal, validityS }: { readonly renewal: Exclude<RefreshTokenRenewal, 'none'>; readonly validityS: number },
  ): string {
    const old = this.#tokens.find(token);
    if (old?.predecessor !== undefined) this.#tokens.delete(old.predecessor);
    if (renewal === 'off') this.#tokens.delete(token);
    if (renewal === 'online' && old !== undefined) this.#tokens.add(token, old, ONLINE_GRACE_S);
    return this.issue({ ...content, predecessor: token }, validityS);
  }

  /** Ends the oldest of those that a condition holds for, until only some are left. */
  keepNewest(count: number, condition: (authorization: Authorization) => boolean): void {
    const names = this.#tokens.namesWhere(({ authorization }) => condition(authorization));
    for (const name of names.slice(0, Math.max(0, names.length - count))) this.#tokens.delete(name);
  }

  /** Ends all that a condition holds for. */
  revoke(condition: (authorization: Authorization) => boolean): void {
    this.keepNewest(0, condition);
  }
}
