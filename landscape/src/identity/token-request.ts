import type { Form } from '../token-core/form';
import { invalidRequest } from '../token-core/oauth-error';
import { subaccount } from '../xsuaa/subaccount';
import type { IdentityClient, Provider } from './identity-client';
import { findTarget } from './resource';

/** What every grant reads of a request besides its own parameters. */
export interface TokenRequest {
  /** The application that the token is for; absent when it is for all that the client may call. */
  readonly target?: Provider;
}

/**
 * Reads the parameters that all grants share: `app_tid`, `token_format`, `resource`.
 * @throws {OAuthError} invalid_request or invalid_target.
 */
export function readTokenRequest(form: Form, client: IdentityClient): TokenRequest {
  const tenant = form.get('app_tid');
  // xssec 3 writes the word when a binding has none.
  if (tenant !== undefined && tenant !== 'undefined' && tenant !== subaccount.id)
    throw invalidRequest('app_tid names a tenant that the application is not subscribed in');
  const format = form.get('token_format');
  if (format !== undefined && format !== 'jwt')
    throw invalidRequest('token_format must be jwt: the landscape issues no opaque tokens');
  const target = findTarget(form.getAll('resource'), client);
  return target === undefined ? {} : { target };
}
