import type { Grant } from '../../token-core/token-endpoint';
import { issueAccessToken, type TokenIssuer } from '../access-token';
import type { IdentityClient } from '../identity-client';
import { readTokenRequest } from '../token-request';

/** The client speaks for itself (RFC 6749 §4.4); there is no refresh token (§4.4.3). */
export function createClientCredentialsGrant(issuer: TokenIssuer): Grant<IdentityClient> {
  return {
    type: 'client_credentials',
    issue: async ({ form, authenticated }) =>
      issueAccessToken(issuer, {
        authenticated,
        ...readTokenRequest(form, authenticated.client),
        subject: { sub: authenticated.client.clientId, sap_id_type: 'app' },
      }),
  };
}
