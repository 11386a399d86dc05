import { randomBytes, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { ForgedRequestError } from './errors';
import { hostCookieName, hostCookieOptions, readCookie } from './request-cookies';
import { originOf } from './request-origin';

/** What proves a form to be this app's: a hidden field that repeats a cookie. */
export interface FormProof {
  readonly cookie: string;
  readonly field: string;
  readonly value: string;
}

const FIELD_NAME = 'csrf';
const TOKEN_BYTES = 32;
/** 32 bytes as base64url, and what else a client without pages may choose: hexadecimal, say. */
const TOKEN = /^[\w-]{43,64}$/;
const LONGEST_FORM = '1kb';
const LONGEST_LOGGED = 100;

/** What a browser gets with a response: all forms of one page repeat the same. */
const issued = new WeakMap<Response, string>();

/** Makes the proof for a form; the browser gets the cookie unless it has it. Nothing is kept here: any instance can check it. */
export function proveForm(req: Request, res: Response): FormProof {
  return {
    cookie: cookieName(req),
    field: FIELD_NAME,
    value: readProof(req) ?? issued.get(res) ?? setCookie(req, res),
  };
}

function setCookie(req: Request, res: Response): string {
  const value = randomBytes(TOKEN_BYTES).toString('base64url');
  issued.set(res, value);
  // A page that was reached from elsewhere shall find the cookie of those that are open. A foreign POST never has it.
  res.cookie(cookieName(req), value, hostCookieOptions(req));
  return value;
}

/**
 * Creates the middleware that reads a form, and refuses it unless it was sent from a page of this app: as far as the
 * browser says where it comes from, and by a field that repeats a cookie, which other sites can neither read nor set.
 */
export function requireOwnForm(): RequestHandler[] {
  return [refuseForeignOrigin, express.urlencoded({ extended: false, limit: LONGEST_FORM }), requireFormToken];
}

/** Browsers add these headers themselves: no page can set them. Where none came, the cookie decides alone. */
const refuseForeignOrigin: RequestHandler = (req, _res, next) => {
  const site = req.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new ForgedRequestError(`Sec-Fetch-Site: ${site.slice(0, LONGEST_LOGGED)}`);
  const origin = req.get('origin');
  // An extension may hide the origin as "null"; then Sec-Fetch-Site, which it leaves, has to tell.
  const isHidden = origin === 'null' && site === 'same-origin';
  if (origin !== undefined && !isHidden && origin !== originOf(req))
    throw new ForgedRequestError(`Origin: ${origin.slice(0, LONGEST_LOGGED)}`);
  next();
};

const requireFormToken: RequestHandler = (req, _res, next) => {
  const expected = readProof(req);
  if (expected === undefined) throw new ForgedRequestError(`no cookie ${cookieName(req)}`);
  const token = readField(req.body);
  if (token === undefined) throw new ForgedRequestError(`no field ${FIELD_NAME}`);
  if (token.length !== expected.length || !timingSafeEqual(Buffer.from(token), Buffer.from(expected)))
    throw new ForgedRequestError(`${FIELD_NAME} is not what the cookie holds`);
  next();
};

function readField(body: unknown): string | undefined {
  const value = typeof body === 'object' && body !== null && FIELD_NAME in body ? body[FIELD_NAME] : '';
  return typeof value === 'string' && TOKEN.test(value) ? value : undefined;
}

function cookieName(req: Request): string {
  return hostCookieName(req, 'csrf');
}

function readProof(req: Request): string | undefined {
  const value = readCookie(req, cookieName(req));
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}
