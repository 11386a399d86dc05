import type { SigningKey } from '../token-core/signing-key';
import type { XsuaaAddresses } from './subaccount';

/** `/.well-known/openid-configuration`: UAA's members and SAP's `mtls_endpoint_aliases`. */
export function describeServer({ url, certUrl, issuer, jwksUri }: XsuaaAddresses): object {
  return {
    issuer,
    authorization_endpoint: `${url}/oauth/authorize`,
    token_endpoint: `${url}/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'tls_client_auth'],
    tls_client_certificate_bound_access_tokens: true,
    mtls_endpoint_aliases: {
      token_endpoint: `${certUrl}/oauth/token`,
      authorization_endpoint: `${certUrl}/oauth/authorize`,
    },
    jwks_uri: jwksUri,
    end_session_endpoint: `${url}/logout.do`,
    scopes_supported: ['openid', 'profile', 'email', 'phone', 'roles', 'user_attributes'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claim_types_supported: ['normal'],
    claims_parameter_supported: false,
    code_challenge_methods_supported: ['S256', 'plain'],
  };
}

/** `/token_keys`: xssec 4 reads `n` and `e`, xssec 3 `value`. */
export function describeKeys({ jwk, kid, publicPem }: SigningKey): object {
  return { keys: [{ kty: jwk.kty, e: jwk.e, use: 'sig', kid, alg: 'RS256', value: publicPem.trimEnd(), n: jwk.n }] };
}
