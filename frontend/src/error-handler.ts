import type { Logger } from '@mtls/platform';
import type { ErrorRequestHandler } from 'express';
import { AppError, NotFoundError, ScenarioFailedError } from './errors';
import type { HopFailure } from './hops';
import { renderError, renderScenario } from './pages';
import { respond, type Representations } from './respond';
import type { CreateShell } from './shell';
import { toScenarioJson } from './scenario-json';
import { UpstreamError } from './upstream/upstream';

/** Turns every error into an answer, and logs once what the answer does not say. */
export function createErrorHandler(logger: Logger, createShell: CreateShell): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    logError(logger, error, req.path);
    // The answer has begun: Express ends the connection, so that nobody takes half a page for a whole one.
    if (res.headersSent) return next(error);
    respond(
      req,
      res,
      represent(error, () => createShell(req)),
    );
  };
}

function represent(error: unknown, shell: () => ReturnType<CreateShell>): Representations {
  if (error instanceof ScenarioFailedError) {
    const { run } = error;
    return {
      status: run.result.error.status,
      html: () => renderScenario({ ...run, shell: shell() }),
      json: () => toScenarioJson(run.result),
    };
  }
  const { status, title, failure } = describe(error);
  return {
    status,
    html: () => renderError({ shell: shell(), status, title, message: failure.message, remedy: failure.remedy }),
    json: () => ({ error: failure }),
  };
}

interface Described {
  readonly status: number;
  readonly title: string;
  readonly failure: HopFailure;
}

function describe(error: unknown): Described {
  if (error instanceof AppError)
    return {
      status: error.status,
      title: error instanceof NotFoundError ? 'Page not found' : 'This request failed',
      failure: error.toFailure(),
    };
  const status = clientErrorStatus(error);
  if (status !== undefined)
    return {
      status,
      title: 'Bad request',
      failure: {
        code: 'bad-request',
        message: 'The request is malformed.',
        remedy: 'Start from the overview at /.',
      },
    };
  return {
    status: 500,
    title: 'Error of this app',
    failure: {
      code: 'internal-error',
      message: 'This app has a bug, or met something that it was not made for.',
      remedy: 'Try again; if it persists, see the log of this app: `cf logs frontendmtls --recent`.',
    },
  };
}

/** Express and its parsers mark what the client did wrong with a 4xx `status`. */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function logError(logger: Logger, error: unknown, path: string): void {
  if (error instanceof ScenarioFailedError) {
    const { code, hop } = error.run.result.error;
    const detail = error.cause instanceof UpstreamError ? error.cause.detail : undefined;
    logger.warn({ path, code, hop, detail }, error.message);
  } else if (error instanceof AppError || clientErrorStatus(error) !== undefined)
    logger.debug({ path, err: error }, 'refused');
  else logger.error({ path, err: error }, 'a request failed unexpectedly');
}
