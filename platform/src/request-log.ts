import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from './logger';

/** Whoever sends the request chooses its path and its id. */
const PATH_LENGTH = 200;
const CORRELATION_ID_LENGTH = 64;

export interface RequestLogOptions {
  readonly logger: Logger;
  /** Further fields of the line, read when the answer is out: why it is no success. */
  readonly describeFailure: () => object | undefined;
}

/** Logs one line about a request when its answer is out, or when its client has gone. To be called as soon as it came. */
export function logRequest(
  { method, url = '', headers }: IncomingMessage,
  res: ServerResponse,
  { logger, describeFailure }: RequestLogOptions,
): void {
  const started = performance.now();
  res.once('close', () => {
    const status = res.statusCode;
    logger[levelOf(status)](
      {
        method,
        request: pathOf(url),
        response_status: status,
        response_time_ms: Math.round((performance.now() - started) * 10) / 10,
        correlation_id: correlationId(headers),
        aborted: res.writableFinished ? undefined : true,
        ...describeFailure(),
      },
      'request',
    );
  });
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

function correlationId(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['x-vcap-request-id'] ?? headers['x-correlation-id'];
  return typeof id === 'string' ? id.slice(0, CORRELATION_ID_LENGTH) : undefined;
}
