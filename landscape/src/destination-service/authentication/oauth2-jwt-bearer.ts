import { errors, type JWTPayload } from 'jose';
import type { Properties } from '../destination';
import { fetchOAuthToken } from '../oauth-token';
import { resolveTokenServiceUrl } from '../token-service-url';
import { renderToken, TokenRetrievalError } from '../token';
import { tokenKeystoreNames, type AuthenticationType, type TokenRequest } from './authentication-type';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The user's token for one that the destination's target takes (RFC 7523 §2.1); each user's anew, never from the cache. */
export const oauth2JwtBearer: AuthenticationType = {
  certificateNames: tokenKeystoreNames,
  certificatesReplaceToken: true,
  retrieveToken: async (request) => {
    const { configuration, data, userToken, services } = request;
    const { now, landscapeCa, behaviour } = services;
    if (request.clientAssertion || configuration['clientAssertion.destinationName'])
      throw TokenRetrievalError.because('this landscape fetches no tokens with client assertions');
    const claims = await readUserToken(request);
    const url = resolveTokenServiceUrl({
      configuration,
      tenant: findTenant(configuration, claims),
      refusePrivate: behaviour().refusePrivateTokenUrls,
    });
    const { scope } = configuration;
    const grant = {
      grant_type: GRANT_TYPE,
      assertion: userToken,
      response_type: 'token',
      ...(scope && { scope }),
    };
    const token = await fetchOAuthToken({ configuration, url, grant, data, landscapeCa, now });
    const how = configuration['tokenService.KeyStoreLocation'] ? 'over mTLS' : 'with the client secret';
    return {
      element: renderToken(token, now()),
      note: `token of ${String(claims['user_name'])} from ${url.origin}${url.pathname} ${how}`,
    };
  },
};

/** @throws {TokenRetrievalError} for a token that is not valid or no user's. */
async function readUserToken({ configuration, userToken, services }: TokenRequest): Promise<JWTPayload> {
  if (configuration['x_user_token.jwks'] || configuration['x_user_token.jwks_uri'])
    throw TokenRetrievalError.because('this landscape takes user tokens of XSUAA only (x_user_token.jwks)');
  const claims = await services.verifyAccessToken(userToken).catch((error: unknown) => {
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      throw TokenRetrievalError.because(`the user token is not valid (${error.message})`);
    throw error;
  });
  if (typeof claims['user_id'] === 'string') return claims;
  throw TokenRetrievalError.because(
    `${configuration['Authentication'] ?? ''} needs the token of a user: exchange it for one of the Destination Service's client (grant type ${GRANT_TYPE}) and call with that, or send it as X-user-token`,
  );
}

/** The subdomain comes from the user token, not from the header X-tenant. */
function findTenant(configuration: Properties, claims: JWTPayload): string | undefined {
  if (configuration['tokenServiceURLType'] !== 'Common') return undefined;
  const attributes = claims['ext_attr'];
  const subdomain =
    typeof attributes === 'object' && attributes !== null && 'zdn' in attributes ? attributes.zdn : undefined;
  if (typeof subdomain === 'string') return subdomain;
  throw TokenRetrievalError.because(
    'the user token names no subdomain (ext_attr.zdn), which tokenServiceURLType Common needs: use Dedicated in this landscape',
  );
}
