import type { IncomingMessage, ServerResponse } from 'node:http';
import { noteRequest } from '../listener';
import { authenticateClient, type AuthenticatedClient, type AuthenticationContext } from './client-authentication';
import type { RegisteredClient } from './client-registry';
import { Form } from './form';
import { invalidRequest, OAuthError, sendOAuthError, sendTokenJson, type OAuthErrorContent } from './oauth-error';

/** A successful answer of a token endpoint (RFC 6749 §5.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly scope?: string;
  readonly jti?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

export interface GrantRequest<Client> {
  readonly form: Form;
  readonly authenticated: AuthenticatedClient<Client>;
}

/** One grant type: a file of its own that turns an authenticated request into tokens. */
export interface Grant<Client> {
  readonly type: string;
  /** @throws {OAuthError} when the grant is refused. */
  readonly issue: (request: GrantRequest<Client>) => Promise<TokenResponse>;
}

export interface TokenEndpointOptions<Client extends RegisteredClient> extends AuthenticationContext<Client> {
  readonly grants: readonly Grant<Client>[];
  /** Of the challenge in a 401. */
  readonly realm: string;
  /** UAA refuses parameters in the query; IAS is called with one by approuter's single sign-on. */
  readonly query: 'refused' | 'ignored';
  /** Parameters that may occur more than once, e.g. `resource` (RFC 8707 §2). */
  readonly repeatable?: readonly string[];
  /** The answer for a grant that the client may not use; UAA's is not that of RFC 6749 §5.2. */
  readonly unauthorizedGrant: OAuthErrorContent;
}

export type TokenEndpoint = (req: IncomingMessage, res: ServerResponse, body: unknown) => Promise<void>;

/** Creates what answers `POST` on a token endpoint; `body` is the request's text, or anything else for other media types. */
export function createTokenEndpoint<Client extends RegisteredClient>(
  options: TokenEndpointOptions<Client>,
): TokenEndpoint {
  const grants = new Map(options.grants.map((grant) => [grant.type, grant]));
  return async (req, res, body) => {
    try {
      const form = readForm(req, body, options);
      const authenticated = authenticateClient(req, form, options);
      const grant = findGrant(grants, form, authenticated.client, options.unauthorizedGrant);
      const response = await grant.issue({ form, authenticated });
      noteRequest(req, `${authenticated.client.clientId}, authenticated by ${authenticated.method}`);
      sendTokenJson(res, response, 200);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      noteRequest(req, error.note);
      sendOAuthError(res, error, options.realm);
    }
  };
}

function readForm(
  req: IncomingMessage,
  body: unknown,
  { query, repeatable }: { readonly query: 'refused' | 'ignored'; readonly repeatable?: readonly string[] },
): Form {
  if (query === 'refused' && req.url?.includes('?'))
    throw new OAuthError({
      status: 406,
      error: 'query_string_not_allowed',
      description: 'Parameters must be passed in the body of the request',
    });
  if (typeof body !== 'string')
    throw invalidRequest('Parameters must be passed in a body of type application/x-www-form-urlencoded');
  return Form.parse(body, repeatable);
}

function findGrant<Client extends RegisteredClient>(
  grants: ReadonlyMap<string, Grant<Client>>,
  form: Form,
  client: Client,
  unauthorizedGrant: OAuthErrorContent,
): Grant<Client> {
  const type = form.get('grant_type');
  if (type === undefined) throw invalidRequest('Missing grant type');
  const grant = grants.get(type);
  if (grant === undefined)
    throw new OAuthError({ status: 400, error: 'unsupported_grant_type', description: 'Unsupported grant type' });
  if (!client.grantTypes.has(type))
    throw new OAuthError({ ...unauthorizedGrant, note: `${client.clientId} may not use the grant ${type}` });
  return grant;
}
