import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { CurrentLogin } from '../bound-parts';
import { MethodNotAllowedError } from '../errors';
import { LoginForgedError } from '../login/login-errors';
import { LOGIN_LIMIT_MS, transactionName, TRANSACTION_PREFIX } from '../login/login-transaction';
import { safeReturnPath } from '../login/return-path';
import { renderLoggedOut } from '../pages';
import { cookieNames, hostCookieName, hostCookieOptions, readCookie } from '../request-cookies';
import { requireOwnForm } from '../request-forgery';
import { originOf } from '../request-origin';
import { respond } from '../respond';
import { beginLogin, endLogin } from '../session/login-session';
import type { SessionMiddleware } from '../session/session-middleware';
import type { CreateShell } from '../shell';

const CALLBACK = '/login/callback';
export const LOGOUT = '/logout';
/** Logins that a browser has begun and not completed; more of them would only make its requests heavier. */
const MOST_OPEN_LOGINS = 4;

export interface LoginRoutesOptions {
  readonly login: CurrentLogin;
  readonly session: SessionMiddleware;
  readonly createShell: CreateShell;
}

/** Login and logout: `/login` leads to XSUAA, `/login/callback` back from there, `POST /logout` ends both logins. */
export function loginRoutes({ login, session, createShell }: LoginRoutesOptions): Router {
  const router = Router();
  router.get('/login', async (req, res) => {
    const { client, seal } = login.current.require();
    const returnTo = safeReturnPath(queryOf(req).get('return'));
    const { url, transaction } = await client.begin({ redirectUri: `${originOf(req)}${CALLBACK}`, returnTo });
    forgetSurplusLogins(req, res);
    const options = { ...hostCookieOptions(req), maxAge: LOGIN_LIMIT_MS };
    res.cookie(cookieName(req, transaction.state), seal.seal(transaction), options);
    redirect(res, url.href);
  });
  router.get(CALLBACK, session.read, async (req, res) => {
    const { client, seal } = login.current.require();
    const query = queryOf(req);
    const name = cookieName(req, query.get('state') ?? '');
    const sealed = readCookie(req, name);
    if (sealed === undefined) throw new LoginForgedError('no cookie for this state');
    forgetLogin(name, req, res);
    const transaction = seal.open(sealed, Date.now());
    if (transaction === undefined) throw new LoginForgedError('the cookie is too old, or was sealed by somebody else');
    await beginLogin(req, await client.complete(transaction, query.toString()));
    redirect(res, transaction.returnTo);
  });
  router.post(LOGOUT, ...requireOwnForm(), session.read, async (req, res) => {
    await endLogin(req);
    session.clearCookie(req, res);
    // As a page that goes on by itself: where a form leads to, form-action would have to name, and XSUAA may lead further.
    const next = login.current.isReady ? login.current.require().client.logoutUrl(`${originOf(req)}/`).href : '/';
    res.set('refresh', `0; url=${next}`);
    respond(req, res, {
      status: 200,
      html: () => renderLoggedOut({ shell: createShell(req), next }),
      json: () => ({ loggedOut: true, next }),
    });
  });
  router.all(['/login', CALLBACK], refuse('GET, HEAD'));
  router.all(LOGOUT, refuse('POST'));
  return router;
}

function refuse(allowed: string): RequestHandler {
  return () => {
    throw new MethodNotAllowedError(allowed);
  };
}

function redirect(res: Response, location: string): void {
  res.set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).redirect(303, location);
}

function queryOf({ url }: Request): URLSearchParams {
  return new URL(url, 'http://localhost').searchParams;
}

function forgetSurplusLogins(req: Request, res: Response): void {
  const open = cookieNames(req).filter((name) => name.startsWith(hostCookieName(req, TRANSACTION_PREFIX)));
  if (open.length < MOST_OPEN_LOGINS) return;
  for (const name of open) forgetLogin(name, req, res);
}

/** With Max-Age as well: some clients take an expiry in 1970 for none. */
function forgetLogin(name: string, req: Request, res: Response): void {
  res.cookie(name, '', { ...hostCookieOptions(req), maxAge: 0 });
}

function cookieName(req: Request, state: string): string {
  return hostCookieName(req, transactionName(state));
}
