import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import { SessionStoreError } from '../login/login-errors';
import type { SessionStore } from '../session-store';

/** The name by which Cloud Foundry's router sends a browser to the same instance again. */
const STICKY_NAME = 'JSESSIONID';

export interface SessionMiddleware {
  readonly read: RequestHandler;
  /** Lets the browser forget a session that has ended. */
  clearCookie(req: Request, res: Response): void;
}

/**
 * Creates the middleware that reads the session of a request; only routes with a login have it. Over https the cookie is
 * `secure`. Where all instances share the sessions it also has the prefix that keeps other hosts of the domain from
 * setting it (RFC 6265bis §4.1.3.2); where each has its own, the router must recognise it, and does so by its plain name.
 */
export function createSessionMiddleware({ kind, store, secret }: SessionStore): SessionMiddleware {
  const nameOf = (isSecure: boolean): string => (isSecure && kind === 'redis' ? `__Host-${STICKY_NAME}` : STICKY_NAME);
  const create = (isSecure: boolean): RequestHandler =>
    session({
      name: nameOf(isSecure),
      store,
      secret,
      resave: false,
      saveUninitialized: false, // no session before a user has logged in
      // The two share a store, and with it the cookie of a new session: it is `secure` by the request.
      cookie: { ...cookieOptions(true), secure: 'auto' },
    });
  const [overHttp, overHttps] = [create(false), create(true)];
  return {
    read: (req, res, next) => {
      (req.secure ? overHttps : overHttp)(req, res, (error?: unknown) => {
        next(error === undefined ? undefined : new SessionStoreError(error));
      });
    },
    clearCookie: ({ secure }, res) => void res.cookie(nameOf(secure), '', { ...cookieOptions(secure), maxAge: 0 }),
  };
}

function cookieOptions(secure: boolean): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure, path: '/' };
}
