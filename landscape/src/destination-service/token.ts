import type { JsonObject } from '../broker';

/** What a token service gave, as the cache keeps it. */
export interface Token {
  readonly type: string;
  readonly value: string;
  /** Milliseconds since the epoch; absent where the token service did not say. */
  readonly expiresAt?: number;
  readonly scope?: string;
  readonly refreshToken?: string;
}

/** Why there is no token. The message is what the caller reads in `authTokens[].error`: it names the cause and no secret. */
export class TokenRetrievalError extends Error {
  override readonly name = 'TokenRetrievalError';

  /** Puts the cause behind the words with which the real service begins most of its messages. */
  static because(cause: string): TokenRetrievalError {
    return new TokenRetrievalError(`Retrieval of OAuthToken failed due to: ${cause}`);
  }
}

/** An element of `authTokens`; `expires_in` is a string and counts from the response. */
export function renderToken(token: Token, now: number): JsonObject {
  return {
    type: token.type,
    value: token.value,
    http_header: { key: 'Authorization', value: `${token.type} ${token.value}` },
    ...(token.expiresAt !== undefined && {
      expires_in: String(Math.max(0, Math.floor((token.expiresAt - now) / 1000))),
    }),
    ...(token.scope !== undefined && { scope: token.scope }),
    ...(token.refreshToken !== undefined && { refresh_token: token.refreshToken }),
  };
}

/** A failure is an element of `authTokens` in an answer with status 200. */
export function renderFailure(error: TokenRetrievalError): JsonObject {
  return { type: '', value: '', error: error.message, expires_in: '0' };
}
