import type { AccessFailure, AccessOutcome, AccessSource, BackendAccess } from '../access';
import type { Hop } from '../hops';
import { RefreshingCache } from '../refreshing-cache';
import { RETRIEVAL_PURPOSE, type Destination } from './destination';
import { loadDestination, type DestinationLoadOptions, type LoadedDestination } from './destination-load';

export interface DestinationSourceOptions extends DestinationLoadOptions {
  readonly onRefreshFailed: (failure: AccessFailure) => void;
  readonly onUnexpected: (error: unknown) => void;
}

/** While the backend refuses whatever a destination brings, it is found anew this often at most. */
const REPLACE_GAP_MS = 10_000;

/**
 * Gives out one destination with its token: loaded once for many requests, refreshed behind their backs, and used to the
 * end of its token when that fails.
 */
export class DestinationSource implements AccessSource {
  readonly #options: DestinationSourceOptions;
  readonly #cache: RefreshingCache<LoadedDestination, AccessFailure>;

  constructor(options: DestinationSourceOptions) {
    this.#options = options;
    this.#cache = new RefreshingCache({
      maxEntries: 1,
      minReplaceGapMs: REPLACE_GAP_MS,
      // A deleted destination is an answer, not an outage.
      survives: ({ error }) => error.code !== 'destination-not-found',
      onRefreshFailed: options.onRefreshFailed,
      onUnexpected: options.onUnexpected,
    });
  }

  async get(): Promise<AccessOutcome<Destination>> {
    const result = await this.#cache.get(this.#options.destinationName, () => loadDestination(this.#options));
    if (!result.ok) return { ok: false, ...result.failure };
    const { value: access } = result;
    const { hops, cachedHops, notes } = access;
    if (result.from === 'stale') return { ok: true, access, notes, hops: markStale(cachedHops, result.failure) };
    return { ok: true, access, notes, hops: result.from === 'load' ? hops : cachedHops };
  }

  async renew(refused: BackendAccess): Promise<AccessOutcome<Destination> | undefined> {
    // What `get` gave out.
    const loaded = refused as LoadedDestination;
    if (!this.#cache.replace(this.#options.destinationName, loaded)) return undefined;
    if (loaded.own !== undefined) this.#options.tokens.discard(loaded.own.request, loaded.own.token);
    return this.get();
  }

  forget(misleading: BackendAccess): void {
    // What `get` gave out.
    this.#cache.replace(this.#options.destinationName, misleading as LoadedDestination);
  }
}

/** Puts each failure of the refresh on the hop of the same purpose; on that of the retrieval where there was no such hop. */
function markStale(cachedHops: readonly Hop[], { hops }: AccessFailure): readonly Hop[] {
  const purposes = new Set(cachedHops.map(({ purpose }) => purpose));
  const homeOf = ({ purpose }: Hop): string => (purposes.has(purpose) ? purpose : RETRIEVAL_PURPOSE);
  return cachedHops.map((hop) => {
    const failed = hops.findLast((one) => homeOf(one) === hop.purpose && one.failure !== undefined);
    if (failed?.failure === undefined) return hop;
    const { status, failure } = failed;
    return { ...hop, cache: 'stale', ...(status !== undefined && { status }), failure };
  });
}
