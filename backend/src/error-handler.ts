import type { ErrorRequestHandler } from 'express';
import { sendAnswer } from './answer';
import { AppError, BadRequestError, InternalError } from './errors';
import { errorPage } from './pages/error-page';
import { recordFailure } from './request-log';

/** Turns every error of a request into its one response; the request's log line gets the detail. */
export const handleError: ErrorRequestHandler = (error: unknown, req, res, _next) => {
  const failure = toAppError(error);
  recordFailure(res, failure);
  // Half an answer is out: cut the connection, so that nobody takes it for a whole one.
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const { status, code, description, headers } = failure;
  res.status(status).set(headers);
  sendAnswer(req, res, {
    json: { error: code, error_description: description },
    text: description,
    page: () => errorPage(failure),
  });
};

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // Express and its parts mark what is the request's fault, e.g. a path that cannot be decoded.
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  const isRequestsFault = typeof status === 'number' && status >= 400 && status < 500;
  return isRequestsFault
    ? new BadRequestError('The request cannot be understood.', { detail: String(error), cause: error })
    : new InternalError(error);
}
