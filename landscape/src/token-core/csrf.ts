import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCookie, setCookie } from './cookie';
import { isSameText } from './same-text';

/** UAA's name, for the cookie and for the field of the form. */
export const CSRF_NAME = 'X-Uaa-Csrf';
const VALIDITY_S = 86_400;
const TOKEN = /^[\w-]{22,64}$/;

/** Gives the form its token, which the browser also gets as a cookie; several open forms share one. */
export function issueCsrfToken(req: IncomingMessage, res: ServerResponse, now: number): string {
  const known = readCookie(req, CSRF_NAME);
  const token = known !== undefined && TOKEN.test(known) ? known : randomBytes(16).toString('base64url');
  setCookie(res, { name: CSRF_NAME, value: token, maxAgeS: VALIDITY_S }, now);
  return token;
}

/**
 * Tells whether a form was sent by the page that this server gave to this browser: field and cookie agree, and the browser,
 * where it says so, names this server as the origin. The second is for cookies that another port of the host has planted.
 */
export function isOwnForm(req: IncomingMessage, field: string | undefined): boolean {
  const cookie = readCookie(req, CSRF_NAME);
  const isSame = field !== undefined && cookie !== undefined && TOKEN.test(field) && isSameText(field, cookie);
  const { origin, 'sec-fetch-site': site } = req.headers;
  const isOwnOrigin = origin === undefined || origin === `https://${req.headers.host}`;
  return isSame && isOwnOrigin && (site === undefined || site === 'same-origin' || site === 'none');
}
