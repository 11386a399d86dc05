const REFRESH_AHEAD_MS = 300_000;
const SAFETY_MS = 10_000;

export interface TokenLifetime {
  /** Milliseconds since the epoch: from here on the token is refreshed in the background. */
  readonly refreshAt: number;
  /** Milliseconds since the epoch: from here on the token is not used any more. */
  readonly expiresAt: number;
}

/**
 * Plans the use of a token that was asked for at `askedAt` and lives `lifetimeMs`: it is refreshed 5 minutes before its
 * end (the last quarter of a short life), at the latest at the age of `maxAgeMs`, and dropped 10 s before its end (the
 * last twentieth), so that it is still valid when it arrives.
 */
export function tokenLifetime(askedAt: number, lifetimeMs: number, maxAgeMs: number): TokenLifetime {
  const refreshAge = lifetimeMs - Math.min(REFRESH_AHEAD_MS, lifetimeMs / 4);
  return {
    refreshAt: askedAt + Math.min(refreshAge, maxAgeMs),
    expiresAt: askedAt + lifetimeMs - Math.min(SAFETY_MS, lifetimeMs / 20),
  };
}
