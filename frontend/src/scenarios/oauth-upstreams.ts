import type { BackendUpstream } from '../backend-client';
import type { Config } from '../config';
import type { OAuthClients } from '../oauth/oauth-settings';
import type { Issuer } from '../tokens/token-endpoint';
import { describeBackendAt } from './backend-address';

type Kind = 'plain' | 'bound';

const CLIENT_REMEDIES: Readonly<Record<Kind, string>> = {
  plain:
    'Check that OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET are those of a client that is registered for `client_secret_basic` ' +
    'and the grant `client_credentials`, and not those of the client with a certificate.',
  bound:
    'Check that MTLS_OAUTH_CLIENT_ID is registered for `self_signed_tls_client_auth` with this very certificate ' +
    '(`mtls cert jwks`), or for `tls_client_auth` with its subject; and that the address is the one that asks for a ' +
    'certificate, which the metadata names in `mtls_endpoint_aliases`.',
};

/** The authorization server as the client with a secret, or the one with a certificate, sees it. */
export function describeServerFor(kind: Kind, { timeouts }: Config, { issuer, source }: OAuthClients): Issuer {
  const setting = kind === 'plain' ? 'OAUTH_TOKEN_URL' : 'MTLS_OAUTH_TOKEN_URL';
  return {
    party: 'authorization-server',
    name: 'the authorization server',
    addressFrom: `${issuer === undefined ? setting : 'OAUTH_ISSUER'} in ${source}`,
    timeoutMs: timeouts.tokenMs,
    timeoutSetting: 'TOKEN_TIMEOUT_MS',
    clientRemedy: CLIENT_REMEDIES[kind],
  };
}

/** The backend, with what to do when it refuses tokens of such a server. */
export function describeBackendFor(kind: Kind, config: Config): BackendUpstream {
  return describeBackendAt(config, {
    tokenInvalid:
      'Check that the backend knows this server: its OAUTH_ISSUER must be the `iss` of the token and its OAUTH_AUDIENCE in ' +
      '`aud`; and that the server issues JWT access tokens (RFC 9068).',
    forbidden: 'Grant the client the scope that REQUIRED_SCOPE of the backend names.',
    routerRefuses:
      'if it is, then the platform’s router does not accept this certificate: in the landscape `landscape router trust ' +
      'client.crt` lets it, elsewhere a certificate of an authority that the router trusts',
    bindingRequired:
      kind === 'plain'
        ? 'That is what CERTIFICATE_BINDING=required of the backend is for. Take the certificate-bound token, or set it to if-bound.'
        : 'Register the client with `tls_client_certificate_bound_access_tokens`, or set CERTIFICATE_BINDING of the backend to if-bound.',
  });
}
