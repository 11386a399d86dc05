import * as v from 'valibot';
import type { AccessToken, TokenIssuer } from '../access';
import { decodeClaims, type Claims } from '../tokens/claims';
import { quote, secondsSchema, tokenSchema } from '../upstream/answer';
import { UpstreamError } from '../upstream/upstream';
import type { FoundDestination } from './find';

/** The service that issues the destination's tokens, as far as its configuration tells. */
export interface TokenService extends TokenIssuer {
  readonly clientId: string | undefined;
  /** Undefined when it is missing or no https address. */
  readonly url: URL | undefined;
  readonly path: string;
}

export interface TargetToken extends AccessToken {
  readonly lifetimeMs: number;
}

/**
 * Reads the target's address.
 * @throws {UpstreamError} when the destination has no usable URL.
 */
export function readTarget({ destinationConfiguration }: FoundDestination, destinationName: string): URL {
  const { URL: url, ProxyType: proxyType } = destinationConfiguration;
  if (typeof url !== 'string' || url.trim() === '')
    throw incomplete(
      `The destination "${destinationName}" has no URL.`,
      'Set its property URL to the address of the backend.',
    );
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:'))
    throw incomplete(
      `The URL of the destination "${destinationName}" is no http or https address.`,
      'Set its property URL to the address of the backend, e.g. https://backend.cfapps.eu10.hana.ondemand.com.',
    );
  if (typeof proxyType === 'string' && proxyType !== 'Internet')
    throw incomplete(
      `The destination "${destinationName}" has ProxyType ${proxyType}, which this app cannot use.`,
      'Set its property ProxyType to Internet.',
    );
  return parsed;
}

/** Looks at the path of the destination's token URL: `/oauth2/token` is that of Identity Authentication. */
export function readTokenService({ destinationConfiguration }: FoundDestination): TokenService {
  const { clientId, tokenServiceURL: address } = destinationConfiguration;
  const parsed = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  const path = parsed?.pathname ?? '/oauth/token';
  return {
    clientId: typeof clientId === 'string' && clientId !== '' ? clientId : undefined,
    url: parsed?.protocol === 'https:' ? parsed : undefined,
    path,
    ...(path.endsWith('/oauth2/token')
      ? ({ party: 'identity', keysPath: '/oauth2/certs' } as const)
      : ({ party: 'xsuaa', keysPath: '/token_keys' } as const)),
  };
}

type AuthToken = FoundDestination['authTokens'][number];

/**
 * Picks the token that came with the destination; its retrieval may have failed.
 * @throws {UpstreamError} when none came.
 */
export function pickAuthToken({ authTokens, destinationConfiguration }: FoundDestination): AuthToken {
  const [token] = authTokens;
  if (token !== undefined) return token;
  const authentication = JSON.stringify(destinationConfiguration['Authentication'] ?? 'missing');
  throw new UpstreamError({
    code: 'destination-gives-no-token',
    status: 502,
    description: `The Destination Service sent no token along (Authentication of the destination: ${authentication}).`,
    remedy: 'Set the property Authentication to OAuth2ClientCredentials; `mtls destination deploy` does so.',
    upstreamStatus: 200,
  });
}

/**
 * Reads the token of a retrieval that the service made for us. A failed one is part of a find with status 200.
 * @throws {UpstreamError} when the retrieval failed or brought no bearer token.
 */
export function readTargetToken({ error, value, type, expires_in }: AuthToken): TargetToken {
  if (error !== undefined && error !== '') throw retrievalFailed(quote(error));
  if (!v.is(tokenSchema, value) || type.toLowerCase() !== 'bearer') throw retrievalFailed('it got no bearer token');
  const claims = decodeClaims(value);
  return { value, lifetimeMs: readLifetime(expires_in, claims), claims };
}

/** Reads `expires_in` (seconds, as text); without it the token's own `exp` counts, and without that it is used once. */
function readLifetime(expiresIn: unknown, claims: Claims | undefined): number {
  const seconds = v.safeParse(secondsSchema, expiresIn);
  if (seconds.success) return seconds.output * 1000;
  const exp = claims?.['exp'];
  return typeof exp === 'number' ? Math.max(0, exp * 1000 - Date.now()) : 0;
}

function retrievalFailed(reason: string): UpstreamError {
  return new UpstreamError({
    code: 'token-retrieval-failed',
    status: 502,
    description: `The Destination Service could not fetch a token for the backend: ${reason}.`,
    remedy:
      'Check that the token service runs, that tokenServiceURL is its certificate host, that clientId belongs to the ' +
      'keystore, that the keystore is not expired and its binding not deleted, and that the destination has no property ' +
      'clientSecret; `mtls destination deploy` with a new service key sets all of it.',
  });
}

function incomplete(description: string, remedy: string): UpstreamError {
  return new UpstreamError({ code: 'destination-incomplete', status: 502, description, remedy, upstreamStatus: 200 });
}
