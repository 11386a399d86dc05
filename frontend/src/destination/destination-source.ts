import { cachedHop, failedHop, type HopOutcome } from '../hop-outcome';
import type { Hop, HopAuthentication } from '../hops';
import { RefreshingCache, type LoadResult } from '../refreshing-cache';
import type { ClientCertificate } from '../tokens/client-certificate';
import type { Credential } from '../tokens/credential';
import { tokenLifetime } from '../tokens/token-lifetime';
import type { TokenSource } from '../tokens/token-source';
import type { HttpClient } from '../upstream/http-client';
import { UpstreamError, type Upstream } from '../upstream/upstream';
import { findDestination, TOKEN_REFUSED, type FoundDestination } from './find';
import { readKeystore } from './keystore';
import {
  pickAuthToken,
  readTarget,
  readTargetToken,
  readTokenService,
  type Target,
  type TargetToken,
  type TokenService,
} from './target';

/** A destination with all that its calls need: address, token, and the keystore that the token is bound to. */
export interface Destination {
  readonly target: Target;
  readonly token: TargetToken;
  readonly tokenService: TokenService;
  /** Undefined when the destination's token was not fetched over mutual TLS. */
  readonly keystore: ClientCertificate | undefined;
}

export type DestinationOutcome =
  | { readonly ok: true; readonly destination: Destination; readonly hops: readonly Hop[] }
  | ({ readonly ok: false } & DestinationFailure);

export interface DestinationFailure {
  readonly error: UpstreamError;
  /** The hop that failed; one of `hops`. */
  readonly hop: Hop;
  readonly hops: readonly Hop[];
}

interface Loaded extends Destination {
  readonly hops: readonly Hop[];
  /** The same way for the requests after this one, which are spared it. */
  readonly cachedHops: readonly Hop[];
  /** The backend has refused this very token before, so loading it again brings nothing. */
  readonly refusedBefore: boolean;
}

export interface DestinationSourceOptions {
  readonly http: HttpClient;
  readonly service: Upstream;
  readonly serviceUrl: URL;
  readonly tokens: TokenSource;
  readonly credential: Credential;
  readonly destinationName: string;
  /** A destination is refreshed at the latest when it is this old, whatever the life of its token. */
  readonly maxAgeMs: number;
  readonly onRefreshFailed: (failure: DestinationFailure) => void;
  readonly onUnexpected: (error: unknown) => void;
}

const purposes = {
  serviceToken: 'token for the Destination Service',
  find: 'destination and token for the backend',
  retrieval: 'token for the backend',
  keystore: 'keystore of the destination',
} as const;

/**
 * Gives out one destination with its token: loaded once for many requests by one token call and two finds, refreshed
 * behind their backs, and used to the end of its token when that fails.
 */
export class DestinationSource {
  readonly #options: DestinationSourceOptions;
  readonly #cache: RefreshingCache<Loaded, DestinationFailure>;
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
    if (result.from === 'stale')
      return { ok: true, destination, hops: markStale(destination.cachedHops, result.failure) };
    return { ok: true, destination, hops: result.from === 'load' ? destination.hops : destination.cachedHops };
  }

  /**
   * Loads the destination anew after the backend has refused its token. Undefined when that has been tried with this
   * token: the service keeps tokens, so it may well send the same one for hours.
   */
  async renew(refused: Destination): Promise<DestinationOutcome | undefined> {
    // Every destination comes from `get`.
    const loaded = refused as Loaded;
    if (loaded.refusedBefore) return undefined;
    this.#refusedToken = loaded.token.value;
    this.#cache.discard(this.#options.destinationName, loaded);
    return this.get();
  }

  async #load(): Promise<LoadResult<Loaded, DestinationFailure>> {
    const first = await this.#attempt([]);
    if (first.result.ok || first.result.failure.error.code !== TOKEN_REFUSED) return first.result;
    // RFC 6750 §3.1: after `invalid_token` a client may ask for a new token and try again; once.
    first.discardToken();
    return (await this.#attempt(first.result.failure.hops)).result;
  }

  async #attempt(before: readonly Hop[]) {
    const { http, service, serviceUrl, destinationName, tokens, credential, maxAgeMs } = this.#options;
    const askedAt = Date.now();
    const tokenRequest = { credential, purpose: purposes.serviceToken };
    const access = await tokens.get(tokenRequest);
    if (!access.ok)
      return { result: fail([...before, access.hop], access.hop, access.error), discardToken: () => undefined };
    const request = { serviceUrl, destinationName, token: access.value.token };
    const [found, stored] = await Promise.all([
      findDestination(http, service, { ...request, purpose: purposes.find, tokenRetrieval: 'perform' }),
      findDestination(http, service, { ...request, purpose: purposes.keystore, tokenRetrieval: 'skip' }),
    ]);
    const read = readBoth(found, stored, destinationName);
    const hops = [access.hop, ...read.hops];
    const discardToken = (): void => tokens.discard(tokenRequest, access.value);
    if (!read.ok) return { result: fail([...before, ...hops], read.hop, read.error), discardToken };
    const { destination } = read;
    const value: Loaded = {
      ...destination,
      hops: [...before, ...hops],
      cachedHops: hops.map((hop) => (hop.cache === 'stale' ? hop : cachedHop(hop))),
      refusedBefore: destination.token.value === this.#refusedToken,
    };
    const lifetime = tokenLifetime(askedAt, destination.token.lifetimeMs, maxAgeMs);
    return { result: { ok: true, value, ...lifetime } as const, discardToken };
  }
}

function readBoth(
  found: HopOutcome<FoundDestination>,
  stored: HopOutcome<FoundDestination>,
  destinationName: string,
): { readonly ok: true; readonly destination: Destination; readonly hops: readonly Hop[] } | DestinationReadFailure {
  const keystore = judge(stored, readKeystore);
  const target = judge(found, (value) => ({
    target: readTarget(value, destinationName),
    tokenService: readTokenService(value),
    authToken: pickAuthToken(value),
    usesKeystore: value.destinationConfiguration['tokenService.KeyStoreLocation'] !== undefined,
  }));
  if (!target.ok) return { ok: false, hop: target.hop, error: target.error, hops: [target.hop, keystore.hop] };
  const { tokenService, authToken, usesKeystore } = target.value;
  const retrieval = judge(
    { ok: true, hop: retrievalHop(tokenService, authenticationWith(keystore, usesKeystore)), value: authToken },
    readTargetToken,
  );
  const hops = [target.hop, retrieval.hop, keystore.hop];
  if (!retrieval.ok) return { ok: false, hop: retrieval.hop, error: retrieval.error, hops };
  if (!keystore.ok) return { ok: false, hop: keystore.hop, error: keystore.error, hops };
  return {
    ok: true,
    destination: { target: target.value.target, tokenService, token: retrieval.value, keystore: keystore.value },
    hops,
  };
}

type DestinationReadFailure = { readonly ok: false } & DestinationFailure;

/** Reads what a hop brought; what is wrong with it becomes the hop's failure. */
function judge<T, U>(outcome: HopOutcome<T>, read: (value: T) => U): HopOutcome<U> {
  if (!outcome.ok) return outcome;
  try {
    return { ok: true, hop: outcome.hop, value: read(outcome.value) };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { ok: false, hop: failedHop(outcome.hop, error), error };
  }
}

/** This app cannot see the service's own call, but knows from the configuration how it is made. */
function retrievalHop({ party, path }: TokenService, authentication: HopAuthentication): Hop {
  return {
    from: 'destination-service',
    to: party,
    method: 'POST',
    path,
    purpose: purposes.retrieval,
    authentication,
    cache: 'none',
    observed: false,
  };
}

function authenticationWith(
  keystore: HopOutcome<ClientCertificate | undefined>,
  usesKeystore: boolean,
): HopAuthentication {
  if (!usesKeystore) return { kind: 'secret' };
  if (!keystore.ok || keystore.value === undefined) return { kind: 'none' };
  return { kind: 'certificate', 'x5t#S256': keystore.value.card['x5t#S256'] };
}

function markStale(cachedHops: readonly Hop[], { hops }: DestinationFailure): readonly Hop[] {
  return cachedHops.map((hop) => {
    const failed = hops.findLast(({ purpose, failure }) => purpose === hop.purpose && failure !== undefined);
    if (failed?.failure === undefined) return hop;
    const { status, failure } = failed;
    return { ...hop, cache: 'stale', ...(status !== undefined && { status }), failure };
  });
}

function fail(hops: readonly Hop[], hop: Hop, error: UpstreamError) {
  return { ok: false, failure: { hops, hop, error } } as const;
}
