import type { IncomingMessage } from 'node:http';
import { InvalidRequestError, MissingTokenError } from './bearer-errors';
import { listHeaderValues } from './raw-headers';

const ONE_PLACE = 'Send exactly one access token, in the header Authorization only.';
const SCHEME = /^bearer(?: +|$)/i;

/**
 * Reads the access token of a request as RFC 6750 §2.1 sends it; the scheme's case does not matter (RFC 9110 §11.1).
 * @throws {MissingTokenError} when there is no token, or credentials of another scheme.
 * @throws {InvalidRequestError} when the header is malformed or repeated, or when a token stands in the URL.
 */
export function readBearerToken({ headers, rawHeaders, url = '' }: IncomingMessage): string {
  // RFC 6750 §2.3: a URL with a token ends up in logs and histories. Refused even alone, so that nobody gets used to it.
  if (hasTokenInQuery(url)) throw new InvalidRequestError(ONE_PLACE, { detail: 'access_token in the query' });
  const { authorization } = headers;
  if (authorization === undefined) throw new MissingTokenError();
  if (listHeaderValues(rawHeaders, 'authorization').length > 1) {
    throw new InvalidRequestError(ONE_PLACE, { detail: 'more than one Authorization header' });
  }
  const [scheme] = SCHEME.exec(authorization) ?? [];
  const token = scheme === undefined ? '' : authorization.slice(scheme.length);
  if (token === '') throw new MissingTokenError();
  if (/[ \t,]/.test(token)) throw new InvalidRequestError(ONE_PLACE, { detail: 'more than one word after Bearer' });
  return token;
}

/** Read as any framework reads a query: a name may be written with percent signs. */
function hasTokenInQuery(url: string): boolean {
  const start = url.indexOf('?');
  return start >= 0 && new URLSearchParams(url.slice(start)).has('access_token');
}
