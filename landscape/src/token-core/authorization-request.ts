import type { UserClient } from './authorization';
import type { ClientRegistry } from './client-registry';
import { Form } from './form';
import { OAuthError } from './oauth-error';
import { readCodeChallenge, type CodeChallenge } from './pkce';
import { splitScopes } from './scopes';

/** Where the answer to an authorization request goes. */
export interface RedirectTarget<Client> {
  readonly client: Client;
  readonly redirectUri: string;
  readonly state?: string;
}

export interface TargetContext<Client extends UserClient> {
  readonly registry: ClientRegistry<Client>;
  readonly isAllowedRedirect: (uri: string, client: Client) => boolean;
}

/** A request that must not be answered by a redirect: nobody knows where it would lead (RFC 6749 §3.1.2.4). */
export class UnknownTargetError extends Error {
  override readonly name = 'UnknownTargetError';
}

/**
 * Finds out who asks and where the answer goes, before anything else is looked at.
 * @throws {UnknownTargetError} for a client that does not exist, and for a redirect URI that is not the client's.
 */
export function readRedirectTarget<Client extends UserClient>(
  query: URLSearchParams,
  { registry, isAllowedRedirect }: TargetContext<Client>,
): RedirectTarget<Client> {
  const clientId = readOnce(query, 'client_id');
  const redirectUri = readOnce(query, 'redirect_uri');
  const client = registry.find(clientId);
  if (client === undefined) throw new UnknownTargetError(`There is no client "${clientId}".`);
  if (!isAllowedRedirect(redirectUri, client))
    throw new UnknownTargetError(
      `Invalid redirect ${redirectUri} did not match one of the registered values. List it in "redirect-uris" of the "oauth2-configuration" of the client's service instance.`,
    );
  const states = query.getAll('state');
  return { client, redirectUri, ...(states.length === 1 && { state: states[0] }) };
}

function readOnce(query: URLSearchParams, name: string): string {
  const [value, ...others] = query.getAll(name);
  if (value === undefined || value === '') throw new UnknownTargetError(`The parameter ${name} is missing.`);
  if (others.length > 0) throw new UnknownTargetError(`The parameter ${name} is repeated.`);
  return value;
}

/** An authorization request for a code (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1). */
export interface AuthorizationRequest {
  readonly scopes: readonly string[];
  readonly codeChallenge?: CodeChallenge;
  readonly nonce?: string;
  readonly prompt?: string;
  readonly loginHint?: string;
}

/** @throws {OAuthError} which the client is told by a redirect. */
export function readAuthorizationRequest(query: string, client: UserClient): AuthorizationRequest {
  const form = Form.parse(query);
  const responseType = form.get('response_type');
  if (responseType === undefined) throw refuse('invalid_request', 'Missing response_type in authorization request');
  if (responseType !== 'code') throw refuse('unsupported_response_type', 'Unsupported response types');
  if (!client.grantTypes.has('authorization_code'))
    throw refuse('unauthorized_client', 'The client may not use the grant type authorization_code');
  const codeChallenge = readCodeChallenge(form.get('code_challenge'), form.get('code_challenge_method'));
  if (client.requiresProof === true && codeChallenge?.method !== 'S256')
    throw refuse('invalid_request', 'The client must send a code_challenge with the code_challenge_method S256');
  const [nonce, prompt, loginHint] = [form.get('nonce'), form.get('prompt'), form.get('login_hint')];
  return {
    scopes: splitScopes(form.get('scope')),
    ...(codeChallenge && { codeChallenge }),
    ...(nonce !== undefined && { nonce }),
    ...(prompt !== undefined && { prompt }),
    ...(loginHint !== undefined && { loginHint }),
  };
}

function refuse(error: string, description: string): OAuthError {
  return new OAuthError({ status: 400, error, description });
}
