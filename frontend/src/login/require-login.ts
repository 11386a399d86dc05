import type { Request, RequestHandler } from 'express';
import { wantsJson } from '../respond';
import { LoginRequiredError } from './login-errors';
import type { LoginRenewal } from './login-renewal';
import type { LoginTokens } from './login-tokens';
import type { CurrentLogin } from '../bound-parts';

const logins = new WeakMap<Request, LoginTokens>();

/** The user's tokens; undefined on routes that do not ask for a login. */
export function findLogin(req: Request): LoginTokens | undefined {
  return logins.get(req);
}

/** @throws {Error} on a route that does not ask for a login: a bug. */
export function loginOf(req: Request): LoginTokens {
  const tokens = findLogin(req);
  if (tokens === undefined) throw new Error('This route uses a login, but does not ask for one.');
  return tokens;
}

export interface LoginGuardOptions {
  readonly login: CurrentLogin;
  readonly renewal: LoginRenewal;
  readonly readSession: RequestHandler;
}

/** Creates the middleware that lets a user pass who is logged in, with tokens that are fresh; others go to the login, and come back. */
export function createLoginGuard({ login, renewal, readSession }: LoginGuardOptions): RequestHandler[] {
  return [
    (_req, _res, next) => {
      login.current.require();
      next();
    },
    readSession,
    async (req, res, next) => {
      const tokens = await renewal.currentTokens(req, login.current.require().client);
      if (tokens !== undefined) {
        logins.set(req, tokens);
        next();
        return;
      }
      if ((req.method !== 'GET' && req.method !== 'HEAD') || wantsJson(req)) throw new LoginRequiredError();
      res.set('cache-control', 'no-store').redirect(302, loginPath(req.originalUrl));
    },
  ];
}

/** The address of the login that leads back to a path. */
export function loginPath(returnTo: string): string {
  return `/login?${new URLSearchParams({ return: returnTo }).toString()}`;
}
