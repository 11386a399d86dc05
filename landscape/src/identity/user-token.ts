import { createHash, randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Authorization } from '../token-core/authorization';
import type { TokenResponse } from '../token-core/token-endpoint';
import type { User } from '../token-core/user-directory';
import type { UserTokenRequest } from '../token-core/user-tokens';
import { subaccount } from '../xsuaa/subaccount';
import { issueAccessToken, type TokenIssuer } from './access-token';
import type { IdentityClient } from './identity-client';
import type { SubjectAttribute } from './instance-parameters';
import { readTokenRequest } from './token-request';

/** Signs the tokens of a user as SAP Cloud Identity Services does: access token and id token. */
export async function issueUserTokens(
  issuer: TokenIssuer,
  { form, authenticated, authorization }: UserTokenRequest<IdentityClient>,
): Promise<TokenResponse> {
  const { client } = authenticated;
  const subject = describeUser(authorization, client);
  const response = await issueAccessToken(issuer, { authenticated, ...readTokenRequest(form, client), subject });
  const issuedAt = Math.floor(issuer.now() / 1000);
  const { nonce } = authorization;
  const claims: JWTPayload = {
    ...subject,
    aud: client.clientId,
    azp: client.clientId,
    app_tid: subaccount.id,
    iss: issuer.tenant.url,
    exp: issuedAt + client.tokenValidityS,
    iat: issuedAt,
    jti: randomUUID(),
    at_hash: hashAccessToken(response.access_token),
    ...(nonce !== undefined && { nonce }),
  };
  return { ...response, id_token: await issuer.signingKey.sign(claims, {}) };
}

function describeUser(
  { user, authTime, sessionId, scopes }: Authorization,
  { subject }: IdentityClient,
): JWTPayload & { readonly sub: string; readonly sap_id_type: 'user' } {
  return {
    sub: findSubject(user, subject),
    sap_id_type: 'user',
    user_uuid: user.uuid,
    scim_id: user.uuid,
    email: user.email,
    given_name: user.givenName,
    family_name: user.familyName,
    ...(scopes.includes('groups') && { groups: user.groups }),
    auth_time: authTime,
    // Not the id itself, which is what the cookie holds.
    ...(sessionId !== undefined && { sid: createHash('sha256').update(sessionId).digest('hex').slice(0, 32) }),
  };
}

const subjects: Readonly<Record<SubjectAttribute, (user: User) => string | undefined>> = {
  userUuid: ({ uuid }) => uuid,
  uid: ({ id }) => id,
  mail: ({ email }) => email,
  displayName: ({ givenName, familyName }) => `${givenName} ${familyName}`,
  loginName: ({ name }) => name,
  personnelNumber: ({ attributes }) => attributes['personnelNumber']?.[0],
};

function findSubject(user: User, attributes: readonly SubjectAttribute[]): string {
  for (const attribute of attributes) {
    const value = subjects[attribute](user);
    if (value !== undefined) return value;
  }
  return user.uuid;
}

/** OpenID Connect Core §3.1.3.6. */
function hashAccessToken(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url');
}
