import { logRequest, type Logger } from '@mtls/platform';
import type { RequestHandler, Response } from 'express';
import { ScenarioFailedError, type AppError } from './errors';

const failures = new WeakMap<Response, AppError>();

/** Tells the request's log line why the answer is no success. */
export function recordFailure(res: Response, failure: AppError): void {
  failures.set(res, failure);
}

/** Creates the middleware that logs one line a request when its answer is out, with the detail of a failure. */
export function createRequestLog(logger: Logger): RequestHandler {
  return (req, res, next) => {
    logRequest(req, res, { logger, describeFailure: () => describeFailure(failures.get(res)) });
    next();
  };
}

function describeFailure(failure: AppError | undefined): object | undefined {
  if (failure === undefined) return undefined;
  const { code, description, detail, status, cause } = failure;
  const hop = failure instanceof ScenarioFailedError ? failure.run.result.error.hop : undefined;
  return { error: code, description, hop, detail, ...(status === 500 && { err: cause }) };
}
