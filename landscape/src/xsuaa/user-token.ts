import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Authorization } from '../token-core/authorization';
import type { TokenResponse } from '../token-core/token-endpoint';
import type { User } from '../token-core/user-directory';
import type { UserTokenRequest } from '../token-core/user-tokens';
import { issueAccessToken, revocationSignature, type TokenIssuer } from './access-token';
import { subaccount } from './subaccount';
import { listAttributes } from './user-scopes';
import type { XsuaaClient } from './xsuaa-client';

/** The identity provider of the subaccount, as tokens name it. */
const ORIGIN = 'sap.default';

/** Signs the tokens of a user as XSUAA does: an access token and, where the user granted `openid`, an id token. */
export async function issueUserTokens(
  issuer: TokenIssuer,
  request: UserTokenRequest<XsuaaClient>,
): Promise<TokenResponse> {
  const { authenticated, grantType, authorization } = request;
  const { scopes } = authorization;
  const subject = describeUser(authorization, authenticated.client);
  const response = await issueAccessToken(issuer, { authenticated, grantType, scopes, subject });
  if (!scopes.includes('openid')) return response;
  return { ...response, id_token: await signIdToken(issuer, request) };
}

/** The claims of a user that xssec, approuter and the Cloud SDK read. */
function describeUser({ user, authTime }: Authorization, client: XsuaaClient): JWTPayload & { readonly sub: string } {
  return {
    ...identify(user),
    'xs.user.attributes': listAttributes(client, user),
    'xs.system.attributes': {
      ...(client.systemAttributes.includes('groups') && { 'xs.saml.groups': user.groups }),
      ...(client.systemAttributes.includes('rolecollections') && { 'xs.rolecollections': user.roleCollections }),
    },
    given_name: user.givenName,
    family_name: user.familyName,
    auth_time: authTime,
  };
}

function identify({ id, uuid, name, email }: User): JWTPayload & { readonly sub: string } {
  return { sub: id, user_id: id, user_uuid: uuid, origin: ORIGIN, user_name: name, email };
}

function signIdToken(
  { signingKey, addresses, now }: TokenIssuer,
  { authenticated, authorization }: UserTokenRequest<XsuaaClient>,
): Promise<string> {
  const { clientId, tokenValidityS } = authenticated.client;
  const { user, authTime, nonce } = authorization;
  const issuedAt = Math.floor(now() / 1000);
  const claims: JWTPayload = {
    jti: randomUUID().replaceAll('-', ''),
    ...identify(user),
    email_verified: true,
    given_name: user.givenName,
    family_name: user.familyName,
    scope: ['openid'],
    client_id: clientId,
    cid: clientId,
    azp: clientId,
    amr: ['pwd'],
    auth_time: authTime,
    ...(nonce !== undefined && { nonce }),
    rev_sig: revocationSignature(clientId, user.id),
    iat: issuedAt,
    exp: issuedAt + tokenValidityS,
    iss: addresses.issuer,
    zid: subaccount.id,
    aud: [clientId],
  };
  return signingKey.sign(claims, { jku: addresses.jwksUri });
}
