import type { Hop } from '../hops';
import { RefreshingCache } from '../refreshing-cache';
import type { ScenarioNote } from '../scenario';
import { RETRIEVAL_PURPOSE, type Destination, type DestinationFailure } from './destination';
import { loadDestination, type DestinationLoadOptions, type LoadedDestination } from './destination-load';

export type DestinationOutcome =
  | {
      readonly ok: true;
      readonly destination: Destination;
      readonly hops: readonly Hop[];
      readonly notes: readonly ScenarioNote[];
    }
  | ({ readonly ok: false } & DestinationFailure);

interface Kept extends LoadedDestination {
  /** The backend has refused this very token before, so loading it again brings nothing. */
  readonly refusedBefore: boolean;
}

export interface DestinationSourceOptions extends DestinationLoadOptions {
  readonly onRefreshFailed: (failure: DestinationFailure) => void;
  readonly onUnexpected: (error: unknown) => void;
}

/**
 * Gives out one destination with its token: loaded once for many requests, refreshed behind their backs, and used to the
 * end of its token when that fails.
 */
export class DestinationSource {
  readonly #options: DestinationSourceOptions;
  readonly #cache: RefreshingCache<Kept, DestinationFailure>;
  #refusedToken: string | undefined;

  constructor(options: DestinationSourceOptions) {
    this.#options = options;
    this.#cache = new RefreshingCache({
      maxEntries: 1,
      // A deleted destination is an answer, not an outage.
      survives: ({ error }) => error.code !== 'destination-not-found',
      onRefreshFailed: options.onRefreshFailed,
      onUnexpected: options.onUnexpected,
    });
  }

  async get(): Promise<DestinationOutcome> {
    const result = await this.#cache.get(this.#options.destinationName, () => this.#load());
    if (!result.ok) return { ok: false, ...result.failure };
    const { value: destination } = result;
    const { hops, cachedHops, notes } = destination;
    if (result.from === 'stale') return { ok: true, destination, notes, hops: markStale(cachedHops, result.failure) };
    return { ok: true, destination, notes, hops: result.from === 'load' ? hops : cachedHops };
  }

  /**
   * Loads the destination anew after the backend has refused its token. Undefined when that has been tried with this
   * token: the service keeps tokens, so it may well send the same one for hours.
   */
  async renew(refused: Destination): Promise<DestinationOutcome | undefined> {
    // Every destination comes from `get`.
    const kept = refused as Kept;
    if (kept.refusedBefore) return undefined;
    this.#refusedToken = kept.token.value;
    if (kept.own !== undefined) this.#options.tokens.discard(kept.own.request, kept.own.token);
    this.#cache.discard(this.#options.destinationName, kept);
    return this.get();
  }

  async #load() {
    const loaded = await loadDestination(this.#options);
    if (!loaded.ok) return loaded;
    const refusedBefore = loaded.value.token.value === this.#refusedToken;
    return { ...loaded, value: { ...loaded.value, refusedBefore } };
  }
}

/** Puts each failure of the refresh on the hop of the same purpose; on that of the retrieval where there was no such hop. */
function markStale(cachedHops: readonly Hop[], { hops }: DestinationFailure): readonly Hop[] {
  const purposes = new Set(cachedHops.map(({ purpose }) => purpose));
  const homeOf = ({ purpose }: Hop): string => (purposes.has(purpose) ? purpose : RETRIEVAL_PURPOSE);
  return cachedHops.map((hop) => {
    const failed = hops.findLast((one) => homeOf(one) === hop.purpose && one.failure !== undefined);
    if (failed?.failure === undefined) return hop;
    const { status, failure } = failed;
    return { ...hop, cache: 'stale', ...(status !== undefined && { status }), failure };
  });
}
