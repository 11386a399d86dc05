import express, { type Express, type Request, type RequestHandler } from 'express';
import {
  createOAuthErrorHandler,
  createUnknownPathHandler,
  readFormText,
  refuseMethod,
} from '../token-core/http-answers';
import { OAuthError } from '../token-core/oauth-error';
import type { TokenEndpoint } from '../token-core/token-endpoint';
import { subaccount } from './subaccount';

/** Of the challenge in a 401. */
export const REALM = 'UAA/client';

export interface XsuaaServerOptions {
  readonly tokenEndpoint: TokenEndpoint;
  /** Body of `/token_keys`. */
  readonly keys: object;
  /** Body of `/.well-known/openid-configuration`. */
  readonly discovery: object;
  /** What users see: login, logout, authorization. */
  readonly pages: RequestHandler;
}

/** Creates what one port of XSUAA answers; the two ports differ in how their token endpoint authenticates clients. */
export function createXsuaaServer({ tokenEndpoint, keys, discovery, pages }: XsuaaServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', 'strong');
  app
    .route('/oauth/token')
    .post(
      readFormText,
      requireKnownZone((req) => req.headers['x-zid']),
      (req, res) => tokenEndpoint(req, res, req.body),
    )
    .all(refuseMethod('POST'));
  app
    .route('/token_keys')
    .get(
      requireKnownZone((req) => req.query['zid']),
      (_req, res) => void res.json(keys),
    )
    .all(refuseMethod('GET, HEAD'));
  app
    .route('/.well-known/openid-configuration')
    .get((_req, res) => void res.json(discovery))
    .all(refuseMethod('GET, HEAD'));
  app.use(pages);
  app.use(createUnknownPathHandler(describeUnknownPath), createOAuthErrorHandler(REALM));
  return app;
}

/** xssec takes a 400 of `/token_keys` for "this token is not from here"; anything else would be a failure of XSUAA. */
function requireKnownZone(read: (req: Request) => unknown): RequestHandler {
  return (req, _res, next) => {
    const zone = read(req);
    const isKnown = zone === undefined || zone === '' || zone === subaccount.id;
    if (isKnown) return next();
    throw new OAuthError({
      status: 400,
      error: 'invalid_request',
      description: 'The identity zone does not exist',
      note: `a zone that does not exist was named; the only one is ${subaccount.id}`,
    });
  };
}

function describeUnknownPath(path: string): string {
  return path === '/oauth2/token'
    ? 'The token endpoint of XSUAA is /oauth/token; /oauth2/token is that of SAP Cloud Identity Services'
    : `There is nothing at ${path}; the token endpoint is /oauth/token`;
}
