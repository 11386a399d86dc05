import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretPost,
  clockTolerance,
  Configuration,
  customFetch,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  TlsClientAuth,
  type CustomFetch,
  type TokenEndpointResponse,
} from 'openid-client';
import * as v from 'valibot';
import { resolveBelow } from '../addresses';
import { explainTokenRefusal } from '../tokens/client-credentials';
import { certificateOf } from '../tokens/credential';
import { sendTokenForm, type Issuer } from '../tokens/token-endpoint';
import { tokenLifetime } from '../tokens/token-lifetime';
import { parseJson, quote } from '../upstream/answer';
import type { HttpAnswer, HttpClient } from '../upstream/http-client';
import { describeRefusal, describeTrouble, statusWithReason } from '../upstream/refusal';
import { UpstreamError } from '../upstream/upstream';
import { GrantRefusedError, LoginForgedError, LoginRefusedError } from './login-errors';
import type { LoginTokens } from './login-tokens';
import type { LoginTransaction } from './login-transaction';
import type { XsuaaBinding } from './xsuaa-binding';

export interface LoginClientOptions {
  readonly binding: XsuaaBinding;
  readonly issuer: Issuer;
  /** Shows the binding's certificate. */
  readonly http: HttpClient;
}

const CLOCK_TOLERANCE_S = 30;
/** A token without `expires_in`, which RFC 6749 §5.1 only recommends. */
const SHORTEST_LIFE_S = 60;

/** Logs users in at XSUAA: the authorization code grant with PKCE, state and nonce, and the refresh token grant. */
export class LoginClient {
  readonly #options: LoginClientOptions;
  #configuration: Promise<Configuration> | undefined;

  /** Of the certificate that this client shows, if it has one. */
  readonly thumbprint: string | undefined;

  constructor(options: LoginClientOptions) {
    this.#options = options;
    this.thumbprint = certificateOf(options.binding.credential)?.card['x5t#S256'];
  }

  /** The address at XSUAA that begins a login, and what its answer is to be checked with. */
  async begin(target: Pick<LoginTransaction, 'redirectUri' | 'returnTo'>): Promise<{
    readonly url: URL;
    readonly transaction: LoginTransaction;
  }> {
    const transaction = {
      ...target,
      state: randomState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
      begunAt: Date.now(),
    };
    // No scope: XSUAA then grants all that the user's role collections hold, and with one, no more than that.
    const url = buildAuthorizationUrl(await this.#configure(), {
      redirect_uri: transaction.redirectUri,
      state: transaction.state,
      nonce: transaction.nonce,
      code_challenge: await calculatePKCECodeChallenge(transaction.codeVerifier),
      code_challenge_method: 'S256',
    });
    return { url, transaction };
  }

  /**
   * Redeems the code of a login's answer.
   * @param query of the address that XSUAA has sent the browser to
   * @throws {LoginRefusedError} when XSUAA has refused the login.
   * @throws {LoginForgedError} for an answer that does not fit the transaction, and a code that XSUAA does not take.
   * @throws {UpstreamError} when XSUAA does not answer as it should.
   */
  async complete({ redirectUri, ...checks }: LoginTransaction, query: string): Promise<LoginTokens> {
    const askedAt = Date.now();
    const url = new URL(redirectUri);
    url.search = query;
    try {
      const response = await authorizationCodeGrant(await this.#configure(), url, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.codeVerifier,
        idTokenExpected: true,
      });
      return readTokens(response, askedAt);
    } catch (error) {
      throw this.#explainLogin(error);
    }
  }

  /**
   * Renews the tokens of a user; a refresh token that XSUAA does not replace stays in use.
   * @throws {GrantRefusedError} when the refresh token has expired or was revoked.
   * @throws {UpstreamError} when XSUAA does not answer as it should.
   */
  async renew(refreshToken: string): Promise<LoginTokens> {
    const askedAt = Date.now();
    try {
      const response = await refreshTokenGrant(await this.#configure(), refreshToken);
      return { refreshToken, ...readTokens(response, askedAt) };
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** The address that ends the login at XSUAA, and then leads back to `redirect`. */
  logoutUrl(redirect: string): URL {
    const { url, credential } = this.#options.binding;
    const logout = resolveBelow(url, '/logout.do');
    logout.search = new URLSearchParams({ redirect, client_id: credential.clientId }).toString();
    return logout;
  }

  /** Once for all logins, and once more after a failure. */
  #configure(): Promise<Configuration> {
    this.#configuration ??= configure(this.#options).catch((error: unknown) => {
      this.#configuration = undefined;
      throw error;
    });
    return this.#configuration;
  }

  /** A code that XSUAA does not take was forged or used before, whoever brought it. */
  #explainLogin(error: unknown): unknown {
    const explained = this.#explain(error);
    if (explained instanceof GrantRefusedError) return new LoginForgedError(explained.detail ?? explained.description);
    return explained;
  }

  #explain(error: unknown): unknown {
    if (error instanceof AuthorizationResponseError)
      return new LoginRefusedError(quote(error.error_description ?? error.error));
    if (!(error instanceof ClientError)) return error;
    if (error.cause instanceof UpstreamError) return error.cause;
    const detail = [error.message, error.cause instanceof Error ? error.cause.message : ''].join(': ');
    // What the browser brought, rather than what XSUAA answered.
    if (error.code === 'OAUTH_INVALID_RESPONSE' && /"(?:state|code|response|iss)"/.test(detail))
      return new LoginForgedError(quote(detail));
    return new UpstreamError({
      code: 'xsuaa-answer-invalid',
      status: 502,
      description:
        'XSUAA answered with something that is no answer of a login, or an id token that does not belong to it.',
      remedy: `Check that ${this.#options.issuer.addressFrom} is the address of an XSUAA.`,
      detail: quote(detail),
    });
  }
}

async function configure(options: LoginClientOptions): Promise<Configuration> {
  const { credential, url } = options.binding;
  const configuration = new Configuration(
    {
      issuer: await fetchIssuer(options),
      authorization_endpoint: resolveBelow(url, '/oauth/authorize').href,
      // With a certificate that on its own host (RFC 8705 §5).
      token_endpoint: credential.tokenUrl.href,
    },
    credential.clientId,
    { [clockTolerance]: CLOCK_TOLERANCE_S },
    credential.kind === 'secret' ? ClientSecretPost(credential.secret.reveal()) : TlsClientAuth(),
  );
  configuration[customFetch] = createFetch(options);
  return configuration;
}

const metadataSchema = v.object({ issuer: v.pipe(v.string(), v.url()) });

/**
 * Asks XSUAA by what name it issues tokens: that is neither the address of the binding, nor the same in all regions. The
 * library's own discovery demands that it is the address.
 */
async function fetchIssuer({ http, issuer: grants, binding }: LoginClientOptions): Promise<string> {
  const issuer = { ...grants, addressFrom: `"url" of the service binding "${binding.bindingName}"` };
  const url = resolveBelow(binding.url, '/.well-known/openid-configuration');
  const answer = await http.send(issuer, { method: 'GET', url, headers: { accept: 'application/json' } });
  const parsed = v.safeParse(metadataSchema, parseJson(answer.text));
  if (answer.status === 200 && parsed.success) return parsed.output.issuer;
  throw (
    describeTrouble(answer, issuer) ??
    describeRefusal(answer, {
      code: 'xsuaa-answer-invalid',
      status: 502,
      description: `${url.href} does not tell how XSUAA names itself (${statusWithReason(answer)}).`,
      remedy: `Check that ${issuer.addressFrom} is the address of an XSUAA.`,
    })
  );
}

/** Sends the library's token requests over this app's own connections, and tells a refusal in this app's own words. */
function createFetch({ http, issuer, binding: { credential } }: LoginClientOptions): CustomFetch {
  return async (_url, { body }) => {
    if (!(body instanceof URLSearchParams)) throw new Error('A token request is always a form.');
    const answer = await sendTokenForm(http, { issuer, credential }, body);
    if (answer.status !== 200) throw explainGrantRefusal(answer) ?? explainTokenRefusal(answer, issuer, credential);
    return new Response(answer.text, {
      status: answer.status,
      headers: { 'content-type': answer.headers['content-type'] ?? '' },
    });
  };
}

/** UAA calls a refresh token that it does not know any more `invalid_token`, with status 401. */
const GRANT_ERRORS = new Set(['invalid_grant', 'invalid_token']);
const refusalSchema = v.object({ error: v.string() });

function explainGrantRefusal(answer: HttpAnswer): GrantRefusedError | undefined {
  const parsed = v.safeParse(refusalSchema, parseJson(answer.text));
  if (!parsed.success || !GRANT_ERRORS.has(parsed.output.error)) return undefined;
  const { detail } = describeRefusal(answer, { code: '', status: 502, description: '', remedy: '' });
  return new GrantRefusedError({
    description: `XSUAA does not take what it has given out before (${statusWithReason(answer)}).`,
    remedy: 'Log in again at /login.',
    upstreamStatus: answer.status,
    ...(detail !== undefined && { detail }),
  });
}

function readTokens(response: TokenEndpointResponse, askedAt: number): LoginTokens {
  const { refreshAt, expiresAt } = tokenLifetime(askedAt, (response.expires_in ?? SHORTEST_LIFE_S) * 1000, Infinity);
  return {
    accessToken: response.access_token,
    ...(response.refresh_token !== undefined && { refreshToken: response.refresh_token }),
    refreshAt,
    expiresAt,
  };
}
