import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

export type HeaderMiddleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Creates a middleware that sets what `setHeaders` sets, for one whose headers are the same for every answer: it runs
 * once, here, on a sample, instead of computing them again with each request.
 * @throws Error when `setHeaders` fails, or has not called `next` when it returns.
 */
export function createConstantHeaders(setHeaders: HeaderMiddleware): HeaderMiddleware {
  const sample = new SampleResponse(new IncomingMessage(new Socket()));
  let isDone = false;
  setHeaders(sample.req, sample, (error) => {
    if (error !== undefined) throw new Error('the constant headers cannot be computed', { cause: error });
    isDone = true;
  });
  if (!isDone) throw new Error('the middleware of the constant headers did not call next at once');
  const headers = [...sample.names].flatMap((name) => {
    const value = sample.getHeader(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return function setConstantHeaders(_req, res, next) {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

/** Remembers how the names are spelled; `getHeaders` has them in lower case. */
class SampleResponse extends ServerResponse {
  readonly names = new Set<string>();

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.names.add(name);
    return super.setHeader(name, value);
  }
}
