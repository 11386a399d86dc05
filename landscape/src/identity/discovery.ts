import type { X509Certificate } from 'node:crypto';
import { thumbprintOf } from '../token-core/client-certificate';
import type { SigningKey } from '../token-core/signing-key';
import type { IdentityTenant } from './tenant';
import { userScopes } from './user-access';

const claims =
  'iss iat exp jti sub aud azp app_tid ias_apis sap_id_type user_uuid scim_id email given_name family_name groups auth_time sid nonce at_hash'.split(
    ' ',
  );

/**
 * `/.well-known/openid-configuration`. Only grants that the tenant has are listed (xssec asks here before it asks for a
 * token), and no endpoint for userinfo, introspection and revocation, which the landscape does not have.
 */
export function describeServer({ url }: IdentityTenant, grantTypes: readonly string[]): object {
  return {
    issuer: url,
    authorization_endpoint: `${url}/oauth2/authorize`,
    token_endpoint: `${url}/oauth2/token`,
    end_session_endpoint: `${url}/oauth2/logout`,
    jwks_uri: `${url}/oauth2/certs`,
    response_types_supported: ['code'],
    grant_types_supported: grantTypes,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: userScopes,
    token_endpoint_auth_methods_supported: ['tls_client_auth', 'client_secret_basic', 'client_secret_post'],
    claims_supported: claims,
    code_challenge_methods_supported: ['plain', 'S256'],
    tls_client_certificate_bound_access_tokens: true,
  };
}

/** `/oauth2/certs`: the key and its certificate, without `alg`. */
export function describeKeys({ jwk, kid }: SigningKey, certificate: X509Certificate): object {
  return {
    keys: [
      {
        kty: jwk.kty,
        'x5t#S256': thumbprintOf(certificate),
        e: jwk.e,
        use: 'sig',
        kid,
        x5c: [certificate.raw.toString('base64')],
        n: jwk.n,
      },
    ],
  };
}
