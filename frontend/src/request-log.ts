import type { Logger } from '@mtls/platform';
import type { RequestHandler, Response } from 'express';
import { ScenarioFailedError, type AppError } from './errors';

const failures = new WeakMap<Response, AppError>();
/** Whoever sends the request chooses its path and its id. */
const PATH_LENGTH = 200;
const CORRELATION_ID_LENGTH = 64;

/** Tells the request's log line why the answer is no success. */
export function recordFailure(res: Response, failure: AppError): void {
  failures.set(res, failure);
}

/** Creates the middleware that logs one line a request when its answer is out, with the detail of a failure. */
export function createRequestLog(logger: Logger): RequestHandler {
  return function logRequest(req, res, next) {
    const started = performance.now();
    res.once('close', () => {
      const failure = failures.get(res);
      const status = res.statusCode;
      logger[levelOf(status)](
        {
          method: req.method,
          request: pathOf(req.originalUrl),
          response_status: status,
          response_time_ms: Math.round((performance.now() - started) * 10) / 10,
          correlation_id: correlationId(req.headers),
          aborted: res.writableFinished ? undefined : true,
          ...(failure && describeFailure(failure)),
        },
        'request',
      );
    });
    next();
  };
}

/** The request target without the query, which may hold what must not be logged; never parsed, since it may be rubbish. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return target.slice(0, Math.min(end === -1 ? target.length : end, PATH_LENGTH));
}

function levelOf(status: number): 'info' | 'warn' | 'error' {
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}

function describeFailure(failure: AppError): object {
  const { code, description, detail, status, cause } = failure;
  const hop = failure instanceof ScenarioFailedError ? failure.run.result.error.hop : undefined;
  return { error: code, description, hop, detail, ...(status === 500 && { err: cause }) };
}

function correlationId(headers: NodeJS.Dict<string | string[]>): string | undefined {
  const id = headers['x-vcap-request-id'] ?? headers['x-correlation-id'];
  return typeof id === 'string' ? id.slice(0, CORRELATION_ID_LENGTH) : undefined;
}
