import type { AccessFailure } from '../access';
import { cachedHop, staleHop } from '../hop-outcome';
import type { Hop } from '../hops';
import { RefreshingCache } from '../refreshing-cache';
import type { HttpClient } from '../upstream/http-client';
import type { Upstream, UpstreamError } from '../upstream/upstream';
import { fetchMetadata, type ServerMetadata } from './metadata';

export interface MetadataSourceOptions {
  readonly http: HttpClient;
  readonly server: Upstream;
  readonly issuer: string;
  readonly onRefreshFailed: (failure: { readonly error: UpstreamError }) => void;
  readonly onUnexpected: (error: unknown) => void;
}

interface Found {
  readonly metadata: ServerMetadata;
  readonly hops: readonly Hop[];
}

/** A server changes its addresses rarely; RFC 8414 leaves to the client for how long it believes them. */
const REFRESH_AGE_MS = 900_000;
const MAX_AGE_MS = 86_400_000;

/** Keeps the metadata of an authorization server: fetched once for many requests, refreshed behind their backs. */
export class MetadataSource {
  readonly #options: MetadataSourceOptions;
  readonly #cache: RefreshingCache<Found, AccessFailure>;

  constructor(options: MetadataSourceOptions) {
    this.#options = options;
    const { onRefreshFailed, onUnexpected } = options;
    this.#cache = new RefreshingCache<Found, AccessFailure>({
      maxEntries: 1,
      survives: () => true,
      onRefreshFailed,
      onUnexpected,
    });
  }

  async get(): Promise<({ readonly ok: true } & Found) | ({ readonly ok: false } & AccessFailure)> {
    const { http, server, issuer } = this.#options;
    const result = await this.#cache.get(issuer, async () => {
      const outcome = await fetchMetadata(http, server, issuer);
      if (!outcome.ok) return { ok: false, failure: outcome };
      const now = Date.now();
      return { ok: true, value: outcome, refreshAt: now + REFRESH_AGE_MS, expiresAt: now + MAX_AGE_MS };
    });
    if (!result.ok) return { ok: false, ...result.failure };
    const { metadata, hops } = result.value;
    if (result.from === 'load') return { ok: true, metadata, hops };
    const show = result.from === 'stale' ? (hop: Hop) => staleHop(hop, result.failure.error) : cachedHop;
    return { ok: true, metadata, hops: hops.map(show) };
  }
}
