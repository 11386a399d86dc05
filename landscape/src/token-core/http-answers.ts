import { text, type ErrorRequestHandler, type RequestHandler } from 'express';
import { noteRequest } from '../listener';
import { OAuthError, sendOAuthError } from './oauth-error';

/** SAP Help, Rate Limiting: the largest body of a POST. */
const BODY_LIMIT = '1mb';

/** Hands a form on as text: the token endpoint must see whether a parameter is repeated. */
export const readFormText: RequestHandler = text({ type: 'application/x-www-form-urlencoded', limit: BODY_LIMIT });

/** Creates the 405 of a path that has other methods. */
export function refuseMethod(allowed: string): RequestHandler {
  return (req, res) => {
    res.setHeader('allow', allowed);
    throw new OAuthError({
      status: 405,
      error: 'method_not_allowed',
      description: `Request method '${req.method}' not supported`,
    });
  };
}

/** Creates the 404 of all other paths; `describe` tells what was probably meant. */
export function createUnknownPathHandler(describe: (path: string) => string): RequestHandler {
  return (req, res) => {
    noteRequest(req, 'no such path');
    const description = describe(req.path);
    res.status(404);
    res.format({
      json: () => res.json({ error: 'not_found', error_description: description }),
      default: () => res.type('text').send(`${description}\n`),
    });
  };
}

/** Errors of the body parser carry a status; whatever else arrives here is a bug, and nobody's business. */
export function createOAuthErrorHandler(realm: string): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const refusal = error instanceof OAuthError ? error : translate(error);
    noteRequest(req, refusal.note);
    sendOAuthError(res, refusal, realm);
  };
}

function translate(error: unknown): OAuthError {
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  const note = error instanceof Error ? error.message : String(error);
  return status >= 400 && status < 500
    ? new OAuthError({ status, error: 'invalid_request', description: 'The request cannot be read', note })
    : new OAuthError({ status: 500, error: 'server_error', description: 'Internal Server Error', note });
}
