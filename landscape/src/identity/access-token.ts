import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { AuthenticatedClient } from '../token-core/client-authentication';
import type { SigningKey } from '../token-core/signing-key';
import type { TokenResponse } from '../token-core/token-endpoint';
import { subaccount } from '../xsuaa/subaccount';
import type { IdentityClient, Provider } from './identity-client';
import type { IdentityTenant } from './tenant';

export interface TokenIssuer {
  readonly signingKey: SigningKey;
  readonly tenant: IdentityTenant;
  readonly now: () => number;
}

export interface AccessTokenContent {
  readonly authenticated: AuthenticatedClient<IdentityClient>;
  readonly target?: Provider;
  /** Whom it speaks for: claims of the user, or of the client that speaks for itself. */
  readonly subject: JWTPayload & { readonly sub: string; readonly sap_id_type: 'app' | 'user' };
}

/** Signs an access token as SAP Cloud Identity Services does and wraps it into the answer of the token endpoint. */
export async function issueAccessToken(
  { signingKey, tenant, now }: TokenIssuer,
  { authenticated, target, subject }: AccessTokenContent,
): Promise<TokenResponse> {
  const { clientId, audience, tokenValidityS } = authenticated.client;
  const issuedAt = Math.floor(now() / 1000);
  const claims: JWTPayload = {
    ...subject,
    aud: target === undefined ? simplify(audience) : target.clientId,
    ...(target !== undefined && target.apis.length > 0 && { ias_apis: target.apis }),
    app_tid: subaccount.id,
    iss: tenant.url,
    exp: issuedAt + tokenValidityS,
    iat: issuedAt,
    jti: randomUUID(),
    azp: clientId,
    ...(authenticated.method === 'certificate' && { cnf: { 'x5t#S256': authenticated.thumbprint } }),
  };
  return { access_token: await signingKey.sign(claims, {}), token_type: 'Bearer', expires_in: tokenValidityS };
}

/** A single audience is a text, not a list (RFC 7519 §4.1.3). */
function simplify(audience: readonly string[]): string | string[] {
  const [only, ...others] = audience;
  return only !== undefined && others.length === 0 ? only : [...audience];
}
