import type { Form } from '../../token-core/form';
import { OAuthError } from '../../token-core/oauth-error';
import { splitScopes } from '../../token-core/scopes';
import type { Grant } from '../../token-core/token-endpoint';
import { issueAccessToken, type TokenIssuer } from '../access-token';
import type { XsuaaClient } from '../xsuaa-client';

const TYPE = 'client_credentials';

/** The client speaks for itself (RFC 6749 §4.4); there is no refresh token (§4.4.3). */
export function createClientCredentialsGrant(issuer: TokenIssuer): Grant<XsuaaClient> {
  return {
    type: TYPE,
    issue: async ({ form, authenticated }) => {
      const { clientId, authorities } = authenticated.client;
      const azAttr = readAuthorizationAttributes(form);
      return issueAccessToken(issuer, {
        authenticated,
        grantType: TYPE,
        scopes: selectScopes(form.get('scope'), authorities),
        subject: { ...(azAttr !== undefined && { az_attr: azAttr }), sub: clientId, authorities },
      });
    },
  };
}

/** @throws {OAuthError} invalid_scope for a scope that the client does not have. */
function selectScopes(requested: string | undefined, authorities: readonly string[]): readonly string[] {
  if (requested === undefined) return authorities;
  const scopes = splitScopes(requested);
  const excess = scopes.find((scope) => !authorities.includes(scope));
  if (excess !== undefined)
    throw new OAuthError({
      status: 400,
      error: 'invalid_scope',
      description: `${excess} is invalid. Please use a valid scope name in the request`,
      note: `asked for the scope ${excess}; the client has ${authorities.join(' ')}`,
    });
  return scopes.length === 0 ? authorities : scopes;
}

/** `authorities={"az_attr":{…}}`; UAA ignores what is no such JSON, and xssec 3 sends `[object Object]` at times. */
function readAuthorizationAttributes(form: Form): object | undefined {
  const text = form.get('authorities');
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    const attributes = isObject(parsed) && 'az_attr' in parsed ? parsed.az_attr : undefined;
    return isObject(attributes) ? attributes : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
