import type { Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import { SessionStoreError } from '../login/login-errors';
import { hostCookieName, hostCookieOptions } from '../request-cookies';
import type { SessionStore } from '../session-store';

/** The name by which Cloud Foundry's router sends a browser to the same instance again. */
const STICKY_NAME = 'JSESSIONID';

export interface SessionMiddleware {
  readonly read: RequestHandler;
  /** Lets the browser forget a session that has ended. */
  clearCookie(req: Request, res: Response): void;
}

/**
 * Creates the middleware that reads the session of a request; only routes with a login have it. Where each instance keeps
 * its own sessions, the router must recognise the cookie, and does so by its plain name.
 */
export function createSessionMiddleware({ kind, store, secret }: SessionStore): SessionMiddleware {
  const nameOf = (scheme: Pick<Request, 'secure'>): string =>
    kind === 'redis' ? hostCookieName(scheme, STICKY_NAME) : STICKY_NAME;
  const create = (scheme: Pick<Request, 'secure'>): RequestHandler =>
    session({
      name: nameOf(scheme),
      store,
      secret,
      resave: false,
      saveUninitialized: false, // no session before a user has logged in
      // The two share a store, and with it the cookie of a new session: it is `secure` by the request.
      cookie: { ...hostCookieOptions(scheme), secure: 'auto' },
    });
  const [overHttp, overHttps] = [create({ secure: false }), create({ secure: true })];
  return {
    read: (req, res, next) => {
      (req.secure ? overHttps : overHttp)(req, res, (error?: unknown) => {
        next(error === undefined ? undefined : new SessionStoreError(error));
      });
    },
    clearCookie: (req, res) => void res.cookie(nameOf(req), '', { ...hostCookieOptions(req), maxAge: 0 }),
  };
}
