import type { ErrorRequestHandler } from 'express';
import { AppError, BadRequestError, InternalError, ScenarioFailedError } from './errors';
import { renderError, renderScenario } from './pages';
import { recordFailure } from './request-log';
import { respond } from './respond';
import { toScenarioJson } from './scenario-json';
import type { CreateShell } from './shell';

/** Creates the handler that turns every error of a request into its one response; the log line gets the detail. */
export function createErrorHandler(createShell: CreateShell): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const failure = toAppError(error);
    recordFailure(res, failure);
    // Half an answer is out: cut the connection, so that nobody takes it for a whole one.
    if (res.headersSent) {
      res.destroy();
      return;
    }
    res.set(failure.headers);
    respond(req, res, {
      status: failure.status,
      html: () => renderFailure(failure, createShell(req)),
      json: () =>
        failure instanceof ScenarioFailedError ? toScenarioJson(failure.run.result) : { error: failure.toFailure() },
    });
  };
}

function renderFailure(failure: AppError, shell: ReturnType<CreateShell>): string {
  if (failure instanceof ScenarioFailedError) return renderScenario({ ...failure.run, shell });
  const { status, title, description: message, remedy } = failure;
  return renderError({ shell, status, title, message, remedy });
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  const isRequestsFault = typeof status === 'number' && status >= 400 && status < 500;
  return isRequestsFault ? new BadRequestError(status, error) : new InternalError(error);
}
