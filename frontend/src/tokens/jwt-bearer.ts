import type { HopOutcome } from '../hop-outcome';
import type { HttpClient } from '../upstream/http-client';
import { requestToken, type IssuedToken, type TokenRequest } from './client-credentials';
import type { Grant } from './token-endpoint';

export interface ExchangeRequest extends Pick<TokenRequest, 'issuer' | 'credential' | 'purpose'> {
  /** A user's token, issued to any application of the same tenant. */
  readonly assertion: string;
}

/** Exchanges a user's token for one that the same user has at the client of the credential. */
export function exchangeToken(
  http: HttpClient,
  { assertion, ...request }: ExchangeRequest,
): Promise<HopOutcome<IssuedToken>> {
  return requestToken(http, request, jwtBearerGrant(assertion));
}

/** RFC 7523 §2.1. */
export function jwtBearerGrant(assertion: string): Grant {
  return {
    type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    parameters: [
      ['assertion', assertion],
      ['response_type', 'token'],
    ],
  };
}
