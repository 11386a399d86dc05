import { createEtag } from '../etag';
import { fetchOAuthToken } from '../oauth-token';
import type { TokenSource } from '../token-cache';
import { resolveTokenServiceUrl } from '../token-service-url';
import { renderToken, TokenRetrievalError } from '../token';
import { tokenKeystoreNames, type AuthenticationType, type TokenRequest } from './authentication-type';

/** A token for the client itself (RFC 6749 §4.4), with a secret or over mutual TLS (RFC 8705 §2), cached by the service. */
export const oauth2ClientCredentials: AuthenticationType = {
  certificateNames: tokenKeystoreNames,
  certificatesReplaceToken: true,
  retrieveToken: async (request) => {
    const { configuration, data, tenant, services } = request;
    const { cache, now, landscapeCa, behaviour } = services;
    if (request.clientAssertion || configuration['clientAssertion.destinationName'])
      throw TokenRetrievalError.because('this landscape fetches no tokens with client assertions');
    const url = resolveTokenServiceUrl({ configuration, tenant, refusePrivate: behaviour().refusePrivateTokenUrls });
    const { scope } = configuration;
    const grant = { grant_type: 'client_credentials', ...(scope && { scope }) };
    const { token, source } = await cache.get(cacheKey(request), () =>
      fetchOAuthToken({ configuration, url, grant, data, landscapeCa, now }),
    );
    return { element: renderToken(token, now()), note: describe(request, url, source) };
  },
};

/** Whatever changes the token changes the key, so that a changed destination or keystore never meets an old token. */
function cacheKey({ configuration, data, tenant, services }: TokenRequest): string {
  const { level, certificates } = data;
  const keystore = configuration['tokenService.KeyStoreLocation'];
  const keystoreState = keystore === undefined ? undefined : certificates.get(keystore)?.etag;
  return createEtag(
    JSON.stringify(level),
    JSON.stringify(configuration),
    tenant ?? '',
    services.behaviour().keepTokens ? 'kept' : (keystoreState ?? 'none'),
  );
}

function describe({ configuration }: TokenRequest, url: URL, source: TokenSource): string {
  const keystore = configuration['tokenService.KeyStoreLocation'];
  const how = keystore ? `over mTLS with ${keystore}` : 'with the client secret';
  const where = `${url.origin}${url.pathname}`;
  const notes: Readonly<Record<TokenSource, string>> = {
    cache: 'token from the cache',
    'token service': `token from ${where} ${how}`,
    kept: `token from the cache: renewing it at ${where} ${how} failed`,
  };
  return notes[source];
}
