import type { AccessFailure } from '../access';
import { cachedHop, failedHop } from '../hop-outcome';
import type { Hop } from '../hops';
import type { LoadResult } from '../refreshing-cache';
import type { ScenarioNote } from '../scenario';
import type { TokenRequest } from '../tokens/client-credentials';
import type { Issuer } from '../tokens/token-endpoint';
import type { Credential } from '../tokens/credential';
import { tokenLifetime, type TokenLifetime } from '../tokens/token-lifetime';
import type { CachedToken, TokenSource } from '../tokens/token-source';
import type { HttpClient } from '../upstream/http-client';
import { UpstreamError, type Upstream } from '../upstream/upstream';
import { readDestination, RETRIEVAL_PURPOSE, type Destination } from './destination';
import { findDestination, TOKEN_REFUSED } from './find';
import { createOwnTokenRequest, findForeignToken, noteOwnToken } from './own-token';

/** A destination as it came in, with the way that brought it. */
export interface LoadedDestination extends Destination {
  readonly hops: readonly Hop[];
  /** The same way for the requests after this one, which are spared it. */
  readonly cachedHops: readonly Hop[];
  readonly notes: readonly ScenarioNote[];
  /** The token, where this app has fetched it itself. */
  readonly own: OwnToken | undefined;
}

interface OwnToken {
  readonly request: TokenRequest;
  readonly token: CachedToken;
}

export interface DestinationLoadOptions {
  /** Shows the certificate of the service binding, if that has one. */
  readonly http: HttpClient;
  readonly service: Upstream;
  /** `uri` of the binding. */
  readonly serviceUrl: URL;
  readonly issuer: Issuer;
  readonly credential: Credential;
  /** For tokens of the binding's credential, and of the keystore's. */
  readonly tokens: TokenSource;
  readonly destinationName: string;
  /** A destination is refreshed at the latest when it is this old, whatever the life of its token. */
  readonly maxAgeMs: number;
}

type Loaded = LoadResult<LoadedDestination, AccessFailure>;

const purposes = {
  serviceToken: 'token for the Destination Service',
  find: 'destination and token for the backend',
  keystore: 'keystore of the destination',
} as const;

/** Loads the destination with one token call and two finds; with one more token call where its token does not fit. */
export async function loadDestination(options: DestinationLoadOptions): Promise<Loaded> {
  const first = await attempt(options, []);
  if (first.result.ok || first.result.failure.error.code !== TOKEN_REFUSED) return first.result;
  // RFC 6750 §3.1: after `invalid_token` a client may ask for a new token and try again; once.
  first.discardToken();
  return (await attempt(options, first.result.failure.hops)).result;
}

async function attempt(options: DestinationLoadOptions, before: readonly Hop[]) {
  const { http, service, serviceUrl, issuer, credential, tokens, destinationName } = options;
  const askedAt = Date.now();
  const tokenRequest = { issuer, credential, purpose: purposes.serviceToken };
  const access = await tokens.get(tokenRequest);
  if (!access.ok)
    return { result: fail([...before, access.hop], access.hop, access.error), discardToken: () => undefined };
  const request = { serviceUrl, destinationName, token: access.value.token };
  const [found, stored] = await Promise.all([
    findDestination(http, service, { ...request, purpose: purposes.find, tokenRetrieval: 'perform' }),
    findDestination(http, service, { ...request, purpose: purposes.keystore, tokenRetrieval: 'skip' }),
  ]);
  const read = readDestination(found, stored, destinationName);
  const way = { before, hops: [access.hop, ...read.hops] };
  const discardToken = (): void => tokens.discard(tokenRequest, access.value);
  const result = read.ok
    ? await complete(read.destination, way, askedAt, options)
    : fail([...before, ...way.hops], read.hop, read.error);
  return { result, discardToken };
}

interface Way {
  /** Of an attempt that failed. */
  readonly before: readonly Hop[];
  readonly hops: readonly Hop[];
}

/** Replaces a token that is of no use with the keystore. */
async function complete(
  destination: Destination,
  way: Way,
  askedAt: number,
  options: DestinationLoadOptions,
): Promise<Loaded> {
  const { tokens, destinationName, issuer, maxAgeMs } = options;
  const lifetime = tokenLifetime(askedAt, destination.token.lifetimeMs, maxAgeMs);
  const foreign = findForeignToken(destination);
  if (foreign === undefined) return finish({ ...destination, notes: [], own: undefined }, way, lifetime);
  let request: TokenRequest;
  try {
    request = createOwnTokenRequest(destination, foreign.keystore, { destinationName, timeout: issuer });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return failRetrieval(way, error);
  }
  const fetched = await tokens.get(request);
  if (!fetched.ok) return fail([...way.before, ...way.hops, fetched.hop], fetched.hop, fetched.error);
  const { token, claims, refreshAt, expiresAt } = fetched.value;
  return finish(
    {
      ...destination,
      token: { value: token, lifetimeMs: expiresAt - Date.now(), claims },
      notes: [noteOwnToken(foreign)],
      own: { request, token: fetched.value },
    },
    { ...way, hops: [...way.hops, fetched.hop] },
    { refreshAt: Math.min(refreshAt, askedAt + maxAgeMs), expiresAt },
  );
}

function finish(
  loaded: Omit<LoadedDestination, 'hops' | 'cachedHops'>,
  { before, hops }: Way,
  { refreshAt, expiresAt }: TokenLifetime,
): Loaded {
  const keystoreEnds = loaded.certificate === undefined ? Infinity : Date.parse(loaded.certificate.card.notAfter);
  const cachedHops = hops.map((hop) => (hop.cache === 'stale' ? hop : cachedHop(hop)));
  return {
    ok: true,
    value: { ...loaded, hops: [...before, ...hops], cachedHops },
    refreshAt,
    expiresAt: Math.min(expiresAt, keystoreEnds),
  };
}

function failRetrieval({ before, hops }: Way, error: UpstreamError): Loaded {
  const marked = hops.map((hop) => (hop.purpose === RETRIEVAL_PURPOSE ? failedHop(hop, error) : hop));
  // The retrieval is part of every way on which a destination came in.
  const failed = marked.find(({ failure }) => failure !== undefined) as Hop;
  return fail([...before, ...marked], failed, error);
}

function fail(hops: readonly Hop[], hop: Hop, error: UpstreamError) {
  return { ok: false, failure: { hops, hop, error } } as const;
}
