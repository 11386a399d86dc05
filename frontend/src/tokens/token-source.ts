import { cachedHop, staleHop, type HopOutcome } from '../hop-outcome';
import type { Hop } from '../hops';
import { RefreshingCache } from '../refreshing-cache';
import type { HttpClient } from '../upstream/http-client';
import type { UpstreamError } from '../upstream/upstream';
import { fetchToken, type TokenRequest } from './client-credentials';
import { decodeClaims, type Claims } from './claims';
import { certificateOf, type Credential } from './credential';
import { tokenLifetime, type TokenLifetime } from './token-lifetime';

export interface CachedToken extends TokenLifetime {
  readonly token: string;
  /** Decoded, not verified; undefined for an opaque token. */
  readonly claims: Claims | undefined;
  readonly hop: Hop;
}

interface TokenFailure {
  readonly hop: Hop;
  readonly error: UpstreamError;
}

export interface TokenSourceOptions {
  /** The client that shows the credential's certificate, if it has one. */
  readonly httpFor: (credential: Credential) => HttpClient;
  /** A token is refreshed at the latest when it is this old. */
  readonly maxAgeMs: number;
  readonly onRefreshFailed: (failure: { readonly error: UpstreamError }) => void;
  readonly onUnexpected: (error: unknown) => void;
}

/**
 * Gives out tokens of the client credentials grant: fetched once for many requests, refreshed behind their backs before
 * they expire, and used to their end when that fails.
 */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  readonly #cache: RefreshingCache<CachedToken, TokenFailure>;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
    this.#cache = new RefreshingCache<CachedToken, TokenFailure>({
      maxEntries: 100,
      survives: () => true,
      onRefreshFailed: options.onRefreshFailed,
      onUnexpected: options.onUnexpected,
    });
  }

  /** The hop says whether a cache answered. */
  async get(request: TokenRequest): Promise<HopOutcome<CachedToken>> {
    const result = await this.#cache.get(tokenKey(request), () => this.#fetch(request));
    if (!result.ok) return { ok: false, ...result.failure };
    const { value } = result;
    if (result.from === 'stale') return { ok: true, value, hop: staleHop(value.hop, result.failure.error) };
    return { ok: true, value, hop: result.from === 'load' ? value.hop : cachedHop(value.hop) };
  }

  /** Forgets a token that an upstream has refused; requests that meet the same refusal share the new one. */
  discard(request: TokenRequest, refused: CachedToken): void {
    this.#cache.discard(tokenKey(request), refused);
  }

  /**
   * Gets another token in place of one that an upstream has refused. Undefined for a token that was fetched for this very
   * reason a moment ago.
   */
  async renew(request: TokenRequest, refused: CachedToken): Promise<HopOutcome<CachedToken> | undefined> {
    return this.#cache.replace(tokenKey(request), refused) ? this.get(request) : undefined;
  }

  async #fetch(request: TokenRequest) {
    const askedAt = Date.now();
    const outcome = await fetchToken(this.#options.httpFor(request.credential), request);
    if (!outcome.ok) return { ok: false, failure: { hop: outcome.hop, error: outcome.error } } as const;
    const { value, hop } = outcome;
    const { refreshAt, expiresAt } = tokenLifetime(askedAt, value.lifetimeMs, this.#options.maxAgeMs);
    // Beyond the end of its certificate a bound token cannot be used.
    const lifetime = { refreshAt, expiresAt: Math.min(expiresAt, endOf(request.credential)) };
    const token = { token: value.value, claims: decodeClaims(value.value), hop, ...lifetime };
    return { ok: true, value: token, ...lifetime } as const;
  }
}

/**
 * A token bound to a certificate is worthless with another one (RFC 8705 §6.3 for public clients; the same holds for a
 * renewed certificate), so the thumbprint is part of the key.
 */
export function tokenKey({
  credential,
  scopes = [],
  resources = [],
}: Pick<TokenRequest, 'credential' | 'scopes' | 'resources'>): string {
  return JSON.stringify([
    credential.tokenUrl.href,
    credential.clientId,
    'client_credentials',
    [...scopes].sort(),
    [...resources].sort(),
    certificateOf(credential)?.card['x5t#S256'] ?? null,
  ]);
}

function endOf(credential: Credential): number {
  const certificate = certificateOf(credential);
  return certificate === undefined ? Infinity : Date.parse(certificate.card.notAfter);
}
