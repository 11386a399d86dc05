import { createHash, randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { SigningKey } from '../token-core/signing-key';
import type { AuthenticatedClient } from '../token-core/client-authentication';
import type { TokenResponse } from '../token-core/token-endpoint';
import { subaccount, type XsuaaAddresses } from './subaccount';
import type { XsuaaClient } from './xsuaa-client';

export interface TokenIssuer {
  readonly signingKey: SigningKey;
  readonly addresses: XsuaaAddresses;
  readonly now: () => number;
}

export interface AccessTokenContent {
  readonly authenticated: AuthenticatedClient<XsuaaClient>;
  readonly grantType: string;
  readonly scopes: readonly string[];
  /** Whom it speaks for: claims of the user, or those of a client that speaks for itself. */
  readonly subject: JWTPayload & { readonly sub: string };
}

/** Signs an access token as XSUAA does and wraps it into the answer of the token endpoint, without a refresh token. */
export async function issueAccessToken(
  { signingKey, addresses, now }: TokenIssuer,
  content: AccessTokenContent,
): Promise<TokenResponse & { readonly jti: string }> {
  const { authenticated, grantType, scopes, subject } = content;
  const { clientId, instanceId, tokenValidityS } = authenticated.client;
  const jti = randomUUID().replaceAll('-', '');
  const issuedAt = Math.floor(now() / 1000);
  const claims: JWTPayload = {
    jti,
    // Without `zdn`: xssec and the Cloud SDK would build a host from it, and no subdomain of localhost resolves in Node.
    ext_attr: { enhancer: 'XSUAA', subaccountid: subaccount.id, serviceinstanceid: instanceId },
    ...subject,
    scope: scopes,
    client_id: clientId,
    cid: clientId,
    azp: clientId,
    grant_type: grantType,
    rev_sig: revocationSignature(clientId, subject.sub),
    iat: issuedAt,
    exp: issuedAt + tokenValidityS,
    iss: addresses.issuer,
    zid: subaccount.id,
    aud: deriveAudience(scopes, clientId),
    ...(authenticated.method === 'certificate' && { cnf: { 'x5t#S256': authenticated.thumbprint } }),
  };
  return {
    access_token: await signingKey.sign(claims, { jku: addresses.jwksUri }),
    token_type: 'bearer',
    // UAA counts what is left when it answers, rounded down.
    expires_in: tokenValidityS - 1,
    scope: scopes.join(' '),
    jti,
  };
}

/** UAA's audience: each scope without its last segment, and the client. */
function deriveAudience(scopes: readonly string[], clientId: string): string[] {
  const resources = scopes
    .filter((scope) => scope.includes('.'))
    .map((scope) => scope.slice(0, scope.lastIndexOf('.')));
  return [...new Set([...resources, clientId])];
}

/** UAA takes it of all that would end the token, were it to change. */
export function revocationSignature(clientId: string, subject: string): string {
  return createHash('sha256').update(`${clientId} ${subject}`).digest('hex').slice(0, 8);
}
