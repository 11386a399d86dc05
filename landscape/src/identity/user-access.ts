import { AuthorizationCodes } from '../token-core/authorization-codes';
import type { ScopeRequest } from '../token-core/authorize-endpoint';
import { BrowserSessions } from '../token-core/browser-sessions';
import type { ClientRegistry } from '../token-core/client-registry';
import { createAuthorizationCodeGrant } from '../token-core/grants/authorization-code';
import { createRefreshTokenGrant } from '../token-core/grants/refresh-token';
import type { LogoutRequest } from '../token-core/logout-endpoint';
import { invalidGrant, invalidScope } from '../token-core/oauth-error';
import { isRegisteredRedirectUri } from '../token-core/redirect-uri';
import { RefreshTokens } from '../token-core/refresh-tokens';
import { revokeUser, type UserAccess } from '../token-core/user-access';
import type { UserDirectory } from '../token-core/user-directory';
import { createUserPages } from '../token-core/user-pages';
import { UserTokens } from '../token-core/user-tokens';
import type { TokenIssuer } from './access-token';
import type { IdentityClient } from './identity-client';
import { issueUserTokens } from './user-token';

/** SAP Help: a code can be used within two minutes. */
const CODE_VALIDITY_S = 120;
const OFFLINE_ACCESS = 'offline_access';

export const userScopes: readonly string[] = ['openid', 'email', 'profile', 'groups', OFFLINE_ACCESS];

const paths = {
  authorize: '/oauth2/authorize',
  login: '/oauth2/login',
  submit: '/oauth2/login/submit',
  logout: '/oauth2/logout',
} as const;

export interface UserAccessOptions {
  readonly issuer: TokenIssuer;
  readonly registry: ClientRegistry<IdentityClient>;
  readonly users: UserDirectory;
}

/** Creates what the tenant does for people. */
export function createUserAccess({ issuer, registry, users }: UserAccessOptions): UserAccess<IdentityClient> {
  const { now } = issuer;
  const codes = new AuthorizationCodes({ validityS: CODE_VALIDITY_S, now });
  const refreshTokens = new RefreshTokens({ now });
  const tokens = new UserTokens<IdentityClient>({
    refreshTokens,
    issue: (request) => issueUserTokens(issuer, request),
    refreshValidityS: (client) => client.refreshTokens.validityS,
    renewal: (client) => client.refreshTokens.renewal,
    parallel: (client) => client.refreshTokens.parallel,
  });
  const sessions = new BrowserSessions({ cookie: '__Host-ias-session', now });
  return {
    pages: createUserPages({
      service: 'Identity Authentication',
      paths,
      registry,
      isAllowedRedirect: (uri, { redirectUris }) => isRegisteredRedirectUri(uri, redirectUris),
      sessions,
      codes,
      users,
      now,
      grantScopes,
      logout: {
        isAllowedRedirect: (uri, { postLogoutRedirectUris }) => isRegisteredRedirectUri(uri, postLogoutRedirectUris),
        readRequest: (query) => readLogoutRequest(query, issuer),
        onEnd: ({ id }) =>
          refreshTokens.revoke(({ sessionId, scopes }) => sessionId === id && !scopes.includes(OFFLINE_ACCESS)),
      },
    }),
    grants: [
      createAuthorizationCodeGrant(codes, tokens),
      createRefreshTokenGrant(tokens, () => invalidGrant('The refresh token is unknown, expired or used already')),
    ],
    revoke: (user) => revokeUser(user, { sessions, refreshTokens }),
  };
}

/** Roles are a matter of the applications here; the tenant only knows what OpenID Connect is about. */
function grantScopes({ requested }: ScopeRequest<IdentityClient>): readonly string[] {
  const unknown = requested.find((scope) => !userScopes.includes(scope));
  if (unknown !== undefined) throw invalidScope(`${unknown} is no scope; known are ${userScopes.join(', ')}`);
  if (!requested.includes('openid')) throw invalidScope('scope must contain openid');
  return requested;
}

async function readLogoutRequest(query: URLSearchParams, issuer: TokenIssuer): Promise<LogoutRequest> {
  const hint = query.get('id_token_hint');
  return {
    clientId: query.get('client_id') ?? (hint === null ? undefined : await readClientOf(hint, issuer)),
    redirect: query.get('post_logout_redirect_uri') ?? undefined,
    state: query.get('state') ?? undefined,
  };
}

/** A hint that is none leads nowhere, but ends the login all the same. */
async function readClientOf(idToken: string, { signingKey, tenant }: TokenIssuer): Promise<string | undefined> {
  const claims = await signingKey.verify(idToken, { issuer: tenant.url }).catch(() => undefined);
  return typeof claims?.aud === 'string' ? claims.aud : undefined;
}
