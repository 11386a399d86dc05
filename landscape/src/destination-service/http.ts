import { json, type ErrorRequestHandler, type Request, type Response } from 'express';
import { isNativeError } from 'node:util/types';
import { noteRequest } from '../listener';
import { messageOf, RecordedError, ServiceError } from './service-error';

/**
 * How an error's body is written. The service's interface description declares `{"ErrorMessage": …}` for some statuses and a
 * string for the others, once as JSON; clients must be ready for all of them.
 */
export type ErrorForm = 'object' | 'json string' | 'text';
export type ErrorFormOf = (req: Request, status: number) => ErrorForm;

/** Reads the query string. @throws {ServiceError} 400 when a parameter is repeated: which value would count? */
export function readQuery(req: Request): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URL(req.originalUrl, 'https://localhost').searchParams) {
    if (query.has(name)) throw new ServiceError(400, `The query parameter ${name} is given more than once`);
    query.set(name, value);
  }
  return query;
}

/** Reads an optional `true` or `false`. @throws {ServiceError} 400 for anything else. */
export function readBoolean(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new ServiceError(400, `${name} must be true or false, it is "${value}"`);
}

/** Reads a header that may be sent once. @throws {ServiceError} 400 when it is repeated. */
export function readHeader(req: Request, name: string): string | undefined {
  const values = req.headersDistinct[name];
  if (values === undefined) return undefined;
  if (values.length > 1) throw new ServiceError(400, `The header ${name} is given more than once`);
  return values[0];
}

const BODY_LIMIT = '4mb';
// Whatever the Content-Type says: many clients of this service leave it out.
const parseBody = json({
  limit: BODY_LIMIT,
  type: () => true,
  verify: (_req, _res, bytes) => {
    // The parser would make an empty object of it.
    if (bytes.length === 0) throw missingBody();
  },
});

/** Reads a JSON body. @throws {ServiceError} 400 when there is none; the body parser's error when it is no JSON. */
export async function readJsonBody(req: Request, res: Response): Promise<unknown> {
  await new Promise<void>((resolve, reject) =>
    parseBody(req, res, (error: unknown) => (error === undefined ? resolve() : reject(toError(error)))),
  );
  const body: unknown = req.body;
  if (body === undefined) throw missingBody();
  return body;
}

function missingBody(): ServiceError {
  return new ServiceError(400, 'Bad Request: the request has no body');
}

function toError(error: unknown): Error {
  return isNativeError(error) ? error : new Error(String(error));
}

/** Turns whatever a handler threw into a response; a fault of ours is a 500 whose reason only the journal gets. */
export function createErrorHandler(formOf: ErrorFormOf): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const { status, message } = readFailure(error);
    noteRequest(req, status === 500 ? `failed: ${messageOf(error)}` : message);
    if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
    res.status(status);
    // A failed precondition has no body: its answer is the entity tag.
    if (status === 412) return void res.end();
    switch (formOf(req, status)) {
      case 'object':
        return void res.json({ ErrorMessage: message });
      case 'json string':
        return void res.json(message);
      case 'text':
        return sendText(res, error instanceof RecordedError ? error.body : message);
    }
  };
}

function sendText(res: Response, text: string): void {
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.end(text);
}

function readFailure(error: unknown): { status: number; message: string } {
  if (error instanceof ServiceError) return { status: error.status, message: error.message };
  if (isClientError(error)) return { status: 400, message: `Bad Request: ${describeClientError(error)}` };
  return { status: 500, message: 'Internal Server Error' };
}

/** A syntax error quotes the body, which may hold a private key. */
function describeClientError(error: Error): string {
  return 'type' in error && error.type === 'entity.parse.failed' ? 'the body is no valid JSON' : error.message;
}

/** Express and its body parser mark what the client did wrong with a 4xx: a malformed path, a body that is no JSON or too long. */
function isClientError(error: unknown): error is Error {
  return (
    isNativeError(error) &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  );
}
