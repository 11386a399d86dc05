import { belongsTo, type Authorization, type UserClient } from './authorization';
import type { AuthenticatedClient } from './client-authentication';
import type { Form } from './form';
import type { RefreshToken, RefreshTokenRenewal, RefreshTokens } from './refresh-tokens';
import type { TokenResponse } from './token-endpoint';

export interface UserTokenRequest<Client> {
  readonly form: Form;
  readonly authenticated: AuthenticatedClient<Client>;
  readonly grantType: string;
  readonly authorization: Authorization;
}

export interface UserTokensOptions<Client> {
  readonly refreshTokens: RefreshTokens;
  /** Makes the tokens as the service has them: access token and, with the scope `openid`, id token. */
  readonly issue: (request: UserTokenRequest<Client>) => Promise<TokenResponse>;
  /** Seconds that a refresh token is valid for; 0 for no refresh tokens. */
  readonly refreshValidityS: (client: Client) => number;
  readonly renewal: (client: Client) => RefreshTokenRenewal;
  /** How many refresh tokens a client may have for one login; without it there is no limit. */
  readonly parallel?: (client: Client) => number;
}

/** The tokens of users at a token service. A refresh token is bound to the certificate that its client had. */
export class UserTokens<Client extends UserClient> {
  readonly #options: UserTokensOptions<Client>;

  constructor(options: UserTokensOptions<Client>) {
    this.#options = options;
  }

  findRefreshToken(token: string): RefreshToken | undefined {
    return this.#options.refreshTokens.find(token);
  }

  /** Tokens for a new authorization: a client that may not use refresh tokens gets none. */
  async issue(request: UserTokenRequest<Client>): Promise<TokenResponse> {
    const { issue, refreshTokens } = this.#options;
    const response = await issue(request);
    const validityS = this.#refreshValidityS(request);
    if (validityS === 0) return response;
    this.#makeRoom(request);
    return { ...response, refresh_token: refreshTokens.issue(bind(request), validityS) };
  }

  /** Tokens for a refresh token, which is used up first: of two that come at once only one gets an answer. */
  async renew(token: string, found: RefreshToken, request: UserTokenRequest<Client>): Promise<TokenResponse> {
    const refreshToken = this.#replace(token, found, request);
    return { ...(await this.#options.issue(request)), refresh_token: refreshToken };
  }

  /** What the user has allowed stays, also when fewer scopes are asked for this time (RFC 6749 §6). */
  #replace(token: string, { authorization }: RefreshToken, request: UserTokenRequest<Client>): string {
    const renewal = this.#options.renewal(request.authenticated.client);
    if (renewal === 'none') return token;
    const policy = { renewal, validityS: this.#refreshValidityS(request) };
    return this.#options.refreshTokens.replace(token, bind({ ...request, authorization }), policy);
  }

  #makeRoom({ authorization, authenticated: { client } }: UserTokenRequest<Client>): void {
    const { refreshTokens, parallel } = this.#options;
    const { sessionId } = authorization;
    if (parallel === undefined || sessionId === undefined) return;
    refreshTokens.keepNewest(
      parallel(client) - 1,
      (other) => other.sessionId === sessionId && belongsTo(other, client),
    );
  }

  #refreshValidityS({ authenticated: { client } }: UserTokenRequest<Client>): number {
    return client.grantTypes.has('refresh_token') ? this.#options.refreshValidityS(client) : 0;
  }
}

function bind({ authorization, authenticated }: UserTokenRequest<unknown>): RefreshToken {
  return authenticated.method === 'certificate'
    ? { authorization, thumbprint: authenticated.thumbprint }
    : { authorization };
}
