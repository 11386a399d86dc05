import type { Logger } from '@mtls/platform';
import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import { endLogin, readStoredLogin, replaceLogin } from '../session/login-session';
import { confirmedThumbprint, decodeClaims } from '../tokens/claims';
import { UpstreamError } from '../upstream/upstream';
import type { LoginClient } from './login-client';
import { GrantRefusedError } from './login-errors';
import type { LoginTokens } from './login-tokens';

/** While XSUAA does not answer, the token of a session is tried to be renewed this often at most. */
const RETRY_GAP_MS = 10_000;
const MOST_RETRIES = 1000;

/**
 * Renews the tokens of users before they expire, with no new login: once for all requests of a session that come at the
 * same time, on each instance; two instances at once do no harm, since XSUAA's refresh tokens stay valid.
 */
export class LoginRenewal {
  readonly #logger: Logger;
  readonly #running = new Map<string, Promise<LoginTokens | undefined>>();
  readonly #failed = new LRUCache<string, true>({ max: MOST_RETRIES, ttl: RETRY_GAP_MS });

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * The tokens of the user who has sent the request; undefined without a login, and when the login has ended.
   * @throws {UpstreamError} when the token has expired and XSUAA does not answer.
   * @throws {SessionStoreError}
   */
  async currentTokens(req: Request, client: LoginClient): Promise<LoginTokens | undefined> {
    const tokens = req.session.login;
    if (tokens === undefined || !needsRenewal(tokens, client)) return tokens;
    const running = this.#running.get(req.sessionID);
    if (running !== undefined) return running;
    const { sessionID } = req;
    const started = this.#renew(req, client).finally(() => this.#running.delete(sessionID));
    this.#running.set(sessionID, started);
    return started;
  }

  async #renew(req: Request, client: LoginClient): Promise<LoginTokens | undefined> {
    const stored = await readStoredLogin(req);
    if (stored === undefined || !needsRenewal(stored, client)) return stored;
    if (stored.refreshToken === undefined) return isUsable(stored, client) ? stored : this.#end(req);
    if (this.#failed.has(req.sessionID) && isUsable(stored, client)) return stored;
    try {
      const renewed = await client.renew(stored.refreshToken);
      // A logout meanwhile stays one.
      if ((await readStoredLogin(req)) === undefined) return undefined;
      await replaceLogin(req, renewed);
      return renewed;
    } catch (error) {
      if (error instanceof GrantRefusedError) return this.#end(req);
      if (!(error instanceof UpstreamError) || !isUsable(stored, client)) throw error;
      this.#failed.set(req.sessionID, true);
      this.#logger.warn(
        { error: error.code, detail: error.detail },
        `a user's token could not be renewed, and is used to its end: ${error.description}`,
      );
      return stored;
    }
  }

  /** The user has to log in again. */
  async #end(req: Request): Promise<undefined> {
    await endLogin(req);
    return undefined;
  }
}

function needsRenewal(tokens: LoginTokens, client: LoginClient): boolean {
  return Date.now() >= tokens.refreshAt || isBoundElsewhere(tokens, client);
}

function isUsable(tokens: LoginTokens, client: LoginClient): boolean {
  return Date.now() < tokens.expiresAt && !isBoundElsewhere(tokens, client);
}

/** After the binding's certificate was renewed: nobody takes the token with the new one (RFC 8705 §3). */
function isBoundElsewhere({ accessToken }: LoginTokens, { thumbprint }: LoginClient): boolean {
  const bound = confirmedThumbprint(decodeClaims(accessToken));
  return bound !== undefined && bound !== thumbprint;
}
