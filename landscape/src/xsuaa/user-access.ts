import { AuthorizationCodes } from '../token-core/authorization-codes';
import { BrowserSessions } from '../token-core/browser-sessions';
import type { ClientRegistry } from '../token-core/client-registry';
import { createAuthorizationCodeGrant } from '../token-core/grants/authorization-code';
import { createRefreshTokenGrant } from '../token-core/grants/refresh-token';
import type { LogoutRequest } from '../token-core/logout-endpoint';
import { OAuthError } from '../token-core/oauth-error';
import { isLocalRedirectUri, isRegisteredRedirectUri } from '../token-core/redirect-uri';
import { RefreshTokens } from '../token-core/refresh-tokens';
import { revokeUser, type UserAccess } from '../token-core/user-access';
import type { UserDirectory } from '../token-core/user-directory';
import { createUserPages } from '../token-core/user-pages';
import { UserTokens } from '../token-core/user-tokens';
import type { TokenIssuer } from './access-token';
import { createJwtBearerGrant } from './grants/jwt-bearer';
import { createPasswordGrant } from './grants/password';
import { grantScopes } from './user-scopes';
import { issueUserTokens } from './user-token';
import type { XsuaaClient } from './xsuaa-client';

/** UAA's. */
const CODE_VALIDITY_S = 300;

const paths = { authorize: '/oauth/authorize', login: '/login', submit: '/login.do', logout: '/logout.do' } as const;

export interface UserAccessOptions {
  readonly issuer: TokenIssuer;
  readonly registry: ClientRegistry<XsuaaClient>;
  readonly users: UserDirectory;
}

/** Creates what XSUAA does for people. */
export function createUserAccess({ issuer, registry, users }: UserAccessOptions): UserAccess<XsuaaClient> {
  const { now } = issuer;
  const codes = new AuthorizationCodes({ validityS: CODE_VALIDITY_S, now });
  const refreshTokens = new RefreshTokens({ now, suffix: '-r' });
  const tokens = new UserTokens<XsuaaClient>({
    refreshTokens,
    issue: (request) => issueUserTokens(issuer, request),
    refreshValidityS: ({ refreshTokenValidityS }) => refreshTokenValidityS,
    renewal: () => 'none',
  });
  const sessions = new BrowserSessions({ cookie: '__Host-xsuaa-session', now });
  return {
    pages: createUserPages({
      service: 'XSUAA',
      paths,
      registry,
      isAllowedRedirect,
      sessions,
      codes,
      users,
      now,
      grantScopes,
      logout: { readRequest: readLogoutRequest },
    }),
    grants: [
      createAuthorizationCodeGrant(codes, tokens),
      createRefreshTokenGrant(tokens, refuseUnknownRefreshToken),
      createJwtBearerGrant({ issuer, registry, users, tokens }),
      createPasswordGrant({ users, tokens, now }),
    ],
    revoke: (user) => revokeUser(user, { sessions, refreshTokens }),
  };
}

async function readLogoutRequest(query: URLSearchParams): Promise<LogoutRequest> {
  return { clientId: query.get('client_id') ?? undefined, redirect: query.get('redirect') ?? undefined };
}

/** In the cloud, too, localhost needs no entry in `redirect-uris` (SAP Help, Listing Allowed Redirect URIs). */
function isAllowedRedirect(uri: string, { redirectUris }: XsuaaClient): boolean {
  return isLocalRedirectUri(uri) || isRegisteredRedirectUri(uri, redirectUris);
}

function refuseUnknownRefreshToken(): OAuthError {
  return new OAuthError({
    status: 401,
    error: 'invalid_token',
    description: 'The token expired, was revoked, or the token ID is incorrect.',
  });
}
