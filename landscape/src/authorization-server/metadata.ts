import { paths, type AuthorizationServerAddresses } from './addresses';

export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'tls_client_auth',
  'self_signed_tls_client_auth',
] as const;

/** Scopes that the backend's resource knows; a client's `scope` metadata narrows them. */
export const scopes = ['read', 'write'] as const;

/** The server's metadata (RFC 8414 §2, RFC 8705 §3.3 and §5). */
export function describeServer({ issuer, certificateUrl }: AuthorizationServerAddresses): object {
  return {
    issuer,
    token_endpoint: `${issuer}${paths.token}`,
    token_endpoint_auth_methods_supported: clientAuthMethods,
    introspection_endpoint: `${issuer}${paths.introspection}`,
    introspection_endpoint_auth_methods_supported: clientAuthMethods,
    registration_endpoint: `${issuer}${paths.registration}`,
    jwks_uri: `${issuer}${paths.jwks}`,
    grant_types_supported: ['client_credentials'],
    // Required by RFC 8414; there is no authorization endpoint.
    response_types_supported: [],
    scopes_supported: scopes,
    tls_client_certificate_bound_access_tokens: true,
    // Endpoints that clients call directly, no others (RFC 8705 §5).
    mtls_endpoint_aliases: {
      token_endpoint: `${certificateUrl}${paths.token}`,
      introspection_endpoint: `${certificateUrl}${paths.introspection}`,
    },
  };
}
