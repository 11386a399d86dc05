import { STATUS_CODES } from 'node:http';
import * as v from 'valibot';
import type { Properties } from './destination';
import { KeystoreError, openKeystore, type Keystore } from './keystore';
import type { LevelData } from './store';
import { callTokenEndpoint, type TokenEndpointAnswer } from './token-endpoint';
import { isOnThisMachine, readNamespace } from './token-service-url';
import { TokenRetrievalError, type Token } from './token';

/** One token request as RFC 6749 §4 describes it, with the properties of the destination around it. */
export interface OAuthTokenRequest {
  readonly configuration: Properties;
  readonly url: URL;
  /** `grant_type` and what belongs to it. */
  readonly grant: Readonly<Record<string, string>>;
  /** The level of the destination: its keystore must be there too. */
  readonly data: LevelData;
  /** PEM of the landscape's authority, which token servers on this machine are verified with. */
  readonly landscapeCa: string;
  readonly now: () => number;
}

const DEFAULT_TIMEOUT_SECONDS = 10;
const MAX_CONNECT_TIMEOUT_SECONDS = 60;
const MAX_READ_TIMEOUT_SECONDS = 600;
const SHOWN_BODY = 200;

const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  token_type: v.optional(v.string(), 'Bearer'),
  expires_in: v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.finite())),
  scope: v.optional(v.string()),
  refresh_token: v.optional(v.string()),
});
const oauthErrorSchema = v.object({ error: v.string(), error_description: v.optional(v.string()) });

/**
 * Fetches a token from the destination's token service: over mutual TLS if the destination names a keystore, else with its secret.
 * @throws {TokenRetrievalError} naming the cause.
 */
export async function fetchOAuthToken(request: OAuthTokenRequest): Promise<Token> {
  const { configuration, url, grant, landscapeCa, now } = request;
  const keystore = openTokenKeystore(request);
  if (keystore !== undefined && url.protocol !== 'https:')
    throw TokenRetrievalError.because(`mTLS for token retrieval needs an https URL, not ${url.origin}${url.pathname}`);
  const answer = await callTokenEndpoint({
    url,
    headers: {
      ...Object.fromEntries(readNamespace(configuration, 'tokenServiceURL.headers.')),
      ...authorizationHeader(configuration),
    },
    form: buildForm(configuration, grant, keystore !== undefined),
    tls: { ...(isOnThisMachine(url.hostname) && { ca: landscapeCa }), ...keystore?.tls },
    connectTimeoutSeconds: readSeconds(
      configuration['tokenServiceURL.ConnectionTimeoutInSeconds'],
      MAX_CONNECT_TIMEOUT_SECONDS,
    ),
    readTimeoutSeconds: readSeconds(
      configuration['tokenServiceURL.SocketReadTimeoutInSeconds'],
      MAX_READ_TIMEOUT_SECONDS,
    ),
  });
  return readToken(answer, url, now());
}

function openTokenKeystore({ configuration, data, now }: OAuthTokenRequest): Keystore | undefined {
  const name = configuration['tokenService.KeyStoreLocation'];
  if (!name) return undefined;
  const entry = data.certificates.get(name);
  if (entry === undefined)
    throw TokenRetrievalError.because(
      `there is no keystore '${name}' on ${data.level.kind} level, where the destination is (tokenService.KeyStoreLocation)`,
    );
  try {
    const password = configuration['tokenService.KeyStorePassword'];
    return openKeystore({ name, certificate: entry.value, password, now: now() });
  } catch (error) {
    if (error instanceof KeystoreError) throw TokenRetrievalError.because(error.message);
    throw error;
  }
}

/** tokenServiceUser and tokenServicePassword win over the client's own credentials in the header. */
function authorizationHeader(configuration: Properties): Record<string, string> {
  const user = configuration['tokenServiceUser'];
  if (user) return { authorization: basic(user, configuration['tokenServicePassword'] ?? '') };
  const secret = configuration['clientSecret'];
  if (secret === undefined || (inBody(configuration) && secret !== '')) return {};
  // An empty secret is used too, and in a form it would count as omitted (RFC 6749 §3.2). Next to a certificate this is what makes
  // XSUAA answer "Bad credentials", as people have seen who left the property in.
  return { authorization: basic(configuration['clientId'] ?? '', secret) };
}

function buildForm(
  configuration: Properties,
  grant: Readonly<Record<string, string>>,
  mutualTls: boolean,
): URLSearchParams {
  const form = new URLSearchParams(grant);
  const { clientId, clientSecret } = configuration;
  const credentialsInBody = inBody(configuration);
  // RFC 8705 §2: with mutual TLS client_id tells the server whose certificate to expect.
  if (clientId !== undefined && (credentialsInBody || mutualTls)) form.set('client_id', clientId);
  if (clientSecret && credentialsInBody) form.set('client_secret', clientSecret);
  for (const [key, value] of readNamespace(configuration, 'tokenService.body.')) form.set(key, value);
  return form;
}

function inBody(configuration: Properties): boolean {
  return configuration['tokenService.addClientCredentialsInBody'] !== 'false';
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A value that is out of range counts as absent. */
function readSeconds(text: string | undefined, maximum: number): number {
  const seconds = Number(text);
  return text !== undefined && /^\d+$/.test(text) && seconds <= maximum ? seconds : DEFAULT_TIMEOUT_SECONDS;
}

function readToken({ status, body }: TokenEndpointAnswer, url: URL, now: number): Token {
  if (status !== 200) throw explainRefusal(status, body, url);
  const json = parseJson(body);
  const result = v.safeParse(tokenSchema, json);
  if (!result.success)
    throw TokenRetrievalError.because(
      `the answer of the token service URL ${url.origin}${url.pathname} is no token response: ${describeShape(json)}`,
    );
  const { access_token, token_type, expires_in, scope, refresh_token } = result.output;
  return {
    type: token_type.toLowerCase() === 'bearer' ? 'Bearer' : token_type,
    value: access_token,
    ...(expires_in !== undefined && { expiresAt: now + expires_in * 1000 }),
    ...(scope !== undefined && { scope }),
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
  };
}

function explainRefusal(status: number, body: string, url: URL): TokenRetrievalError {
  const result = v.safeParse(oauthErrorSchema, parseJson(body));
  const reason = result.success ? (result.output.error_description ?? result.output.error) : undefined;
  // The real service passes the refusal of a client on as it is.
  if (status === 401 && reason !== undefined) return new TokenRetrievalError(reason);
  const hint =
    status === 404 || status === 405
      ? ' A token service URL is complete, with its path: certurl + /oauth/token for XSUAA, url + /oauth2/token for IAS.'
      : '';
  return TokenRetrievalError.because(
    `Unable to fetch a token from the specified token service URL ${url.origin}${url.pathname}: it answered ${status} ${STATUS_CODES[status] ?? ''}.${hint} Response was: ${reason ?? shorten(body)}`,
  );
}

/** The names of the members only: a token may be among the values. */
function describeShape(json: unknown): string {
  if (typeof json !== 'object' || json === null) return 'it is no JSON object';
  return `its members are ${Object.keys(json).join(', ') || 'none'}`;
}

function shorten(body: string): string {
  const text = body.replace(/\s+/g, ' ').trim();
  return text.length > SHOWN_BODY ? `${text.slice(0, SHOWN_BODY)}…` : text || '(empty)';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
