import { portOf, type LandscapeSettings } from '../settings';

export const paths = {
  token: '/oauth2/token',
  introspection: '/oauth2/introspect',
  registration: '/oauth2/register',
  jwks: '/oauth2/jwks',
  /** RFC 8414 §3, and OpenID Connect Discovery, which many libraries look for. */
  metadata: ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
} as const;

export interface AuthorizationServerAddresses {
  /** Also where everything is that needs no certificate. */
  readonly issuer: string;
  /** The port that asks for a client certificate: `mtls_endpoint_aliases` (RFC 8705 §5). */
  readonly certificateUrl: string;
}

export function authorizationServerAddresses(
  settings: Pick<LandscapeSettings, 'portBase'>,
): AuthorizationServerAddresses {
  return {
    issuer: `https://localhost:${portOf(settings, 'authorizationServer')}`,
    certificateUrl: `https://localhost:${portOf(settings, 'authorizationServerCertificate')}`,
  };
}
