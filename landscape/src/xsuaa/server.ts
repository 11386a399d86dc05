import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { noteRequest } from '../listener';
import { OAuthError, sendOAuthError } from '../token-core/oauth-error';
import type { TokenEndpoint } from '../token-core/token-endpoint';
import { subaccount } from './subaccount';

/** Of the challenge in a 401. */
export const REALM = 'UAA/client';
/** SAP Help, Rate Limiting: the largest body of a POST. */
const BODY_LIMIT = '1mb';

export interface XsuaaServerOptions {
  readonly tokenEndpoint: TokenEndpoint;
  /** Body of `/token_keys`. */
  readonly keys: object;
  /** Body of `/.well-known/openid-configuration`. */
  readonly discovery: object;
}

/** Creates what one port of XSUAA answers; the two ports differ in how their token endpoint authenticates clients. */
export function createXsuaaServer({ tokenEndpoint, keys, discovery }: XsuaaServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', 'strong');
  app
    .route('/oauth/token')
    .post(
      express.text({ type: 'application/x-www-form-urlencoded', limit: BODY_LIMIT }),
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
  app.use(answerUnknownPath, answerError);
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

function refuseMethod(allowed: string): RequestHandler {
  return (req, res) => {
    res.setHeader('allow', allowed);
    throw new OAuthError({
      status: 405,
      error: 'method_not_allowed',
      description: `Request method '${req.method}' not supported`,
    });
  };
}

const answerUnknownPath: RequestHandler = (req, res) => {
  noteRequest(req, 'no such path');
  const description =
    req.path === '/oauth2/token'
      ? 'The token endpoint of XSUAA is /oauth/token; /oauth2/token is that of SAP Cloud Identity Services'
      : `There is nothing at ${req.path}; the token endpoint is /oauth/token`;
  res.status(404);
  res.format({
    json: () => res.json({ error: 'not_found', error_description: description }),
    default: () => res.type('text').send(`${description}\n`),
  });
};

/** Errors of the body parser carry a status; whatever else arrives here is a bug, and nobody's business. */
const answerError: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) return next(error);
  const refusal = error instanceof OAuthError ? error : translate(error);
  noteRequest(req, refusal.note);
  sendOAuthError(res, refusal, REALM);
};

function translate(error: unknown): OAuthError {
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  const note = error instanceof Error ? error.message : String(error);
  return status >= 400 && status < 500
    ? new OAuthError({ status, error: 'invalid_request', description: 'The request cannot be read', note })
    : new OAuthError({ status: 500, error: 'server_error', description: 'Internal Server Error', note });
}
