import { belongsTo, type UserClient } from '../authorization';
import type { AuthenticatedClient } from '../client-authentication';
import { invalidGrant, invalidRequest, invalidScope, type OAuthError } from '../oauth-error';
import type { RefreshToken } from '../refresh-tokens';
import { splitScopes } from '../scopes';
import type { Grant } from '../token-endpoint';
import type { UserTokens } from '../user-tokens';

const TYPE = 'refresh_token';

/**
 * New tokens for a user without a new login (RFC 6749 §6), over the certificate that the refresh token is bound to.
 * @param refuseUnknown - Makes the refusal of a token that is unknown, expired or revoked: UAA's is not that of RFC 6749 §5.2.
 */
export function createRefreshTokenGrant<Client extends UserClient>(
  tokens: UserTokens<Client>,
  refuseUnknown: () => OAuthError,
): Grant<Client> {
  return {
    type: TYPE,
    issue: async ({ form, authenticated }) => {
      const token = form.get('refresh_token');
      if (token === undefined) throw invalidRequest('A refresh token must be supplied.');
      const found = tokens.findRefreshToken(token);
      if (found === undefined) throw refuseUnknown();
      checkClient(found, authenticated);
      const scopes = narrowScopes(form.get('scope'), found.authorization.scopes);
      const authorization = { ...found.authorization, scopes };
      return tokens.renew(token, found, { form, authenticated, grantType: TYPE, authorization });
    },
  };
}

/**
 * RFC 8705 §7.1 binds the refresh tokens of public clients only; these are bound for all, so that one that was stolen together
 * with another certificate of the same client is of no use.
 */
function checkClient(
  { authorization, thumbprint }: RefreshToken,
  authenticated: AuthenticatedClient<UserClient>,
): void {
  const { client } = authenticated;
  if (!belongsTo(authorization, client))
    throw invalidGrant(
      'Wrong client for this refresh token',
      `the refresh token was issued to another client than ${client.clientId}`,
    );
  if (thumbprint === undefined) return;
  if (authenticated.method !== 'certificate')
    throw invalidGrant('The refresh token is bound to a client certificate, and none was presented');
  if (authenticated.thumbprint !== thumbprint)
    throw invalidGrant('The refresh token is bound to another client certificate');
}

/** @throws {OAuthError} invalid_scope for more than the user has allowed (RFC 6749 §6). */
function narrowScopes(requested: string | undefined, allowed: readonly string[]): readonly string[] {
  const scopes = splitScopes(requested);
  if (scopes.some((scope) => !allowed.includes(scope)))
    throw invalidScope(`Unable to narrow the scope of the client authentication to [${scopes.join(', ')}].`);
  return scopes.length === 0 ? allowed : scopes;
}
