import type { Credentials } from './bindings';
import { call, type Answer } from './http';

/** Trust in the landscape, and which of the credentials of a binding to use. */
export interface TokenRequest {
  readonly ca: string;
  /** `/oauth2/token` is that of IAS, `/oauth/token` that of XSUAA. */
  readonly path?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** In place of the key of the binding. */
  readonly key?: string;
}

/** Asks for a token with whatever the binding proves its client with; resolves with any answer. */
export async function requestToken(credentials: Credentials, request: TokenRequest): Promise<Answer> {
  const { ca, path = '/oauth2/token', parameters = {} } = request;
  const { clientid, clientsecret, certificate, certurl, url } = credentials as Record<string, string | undefined>;
  const key = request.key ?? (credentials['key'] as string | undefined);
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid ?? '', ...parameters });
  if (clientsecret !== undefined) body.set('client_secret', clientsecret);
  const tls = certificate !== undefined && key !== undefined ? { ca, cert: certificate, key } : { ca };
  return call(`${certurl ?? url}${path}`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
    tls,
  });
}

/** @throws with the answer when it is no token. */
export async function fetchToken(credentials: Credentials, request: TokenRequest): Promise<string> {
  const { status, text } = await requestToken(credentials, request);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return (JSON.parse(text) as { access_token: string }).access_token;
}
