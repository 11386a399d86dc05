import type { JWTPayload } from 'jose';
import type { JsonObject } from '../../broker';
import type { DestinationServiceBehaviour } from '../behaviour';
import type { Properties } from '../destination';
import type { LevelData } from '../store';
import type { TokenCache } from '../token-cache';

/** What a destination's Authentication means for a find. One type is one file; `authentication-types.ts` lists them. */
export interface AuthenticationType {
  /** Names of the certificates that the answer carries, from the level of the destination. */
  certificateNames(configuration: Properties): readonly string[];
  /**
   * Makes the element of `authTokens`; absent where the type has none.
   * @throws {TokenRetrievalError} when there is no token; the answer is still a 200.
   */
  readonly retrieveToken?: (request: TokenRequest) => Promise<RetrievedToken>;
  /** Whether `certificateNames` only holds when token retrieval is skipped: then the caller fetches the token itself. */
  readonly certificatesReplaceToken: boolean;
}

export interface TokenRequest {
  /** The destination with its fragments laid over it. */
  readonly configuration: Properties;
  readonly data: LevelData;
  /** Value of the header X-tenant. */
  readonly tenant: string | undefined;
  /** Whether the request carries an assertion to be used in place of a secret (RFC 7521 §4.2). */
  readonly clientAssertion: boolean;
  /** For user-dependent types: the token in the header X-user-token, else the access token of the request. */
  readonly userToken: string;
  readonly services: TokenServices;
}

/** What all token retrievals share. */
export interface TokenServices {
  readonly cache: TokenCache;
  /** PEM of the landscape's authority, which token servers on this machine are verified with. */
  readonly landscapeCa: string;
  readonly now: () => number;
  /** @throws jose's errors for what is no valid token of XSUAA. */
  readonly verifyAccessToken: (jwt: string) => Promise<JWTPayload>;
  readonly behaviour: () => DestinationServiceBehaviour;
}

export interface RetrievedToken {
  readonly element: JsonObject;
  /** For the journal: where the token came from. */
  readonly note: string;
}

/** The keystore that OAuth types fetch their token with. */
export function tokenKeystoreNames(configuration: Properties): readonly string[] {
  const name = configuration['tokenService.KeyStoreLocation'];
  return name ? [name] : [];
}
