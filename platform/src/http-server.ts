import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, type RequestListener, type Server } from 'node:http';

/**
 * Longer than the 90 s after which Cloud Foundry's router gives up an idle connection to an app: were the app first, a
 * request that the router sends at that moment would fail.
 */
const KEEP_ALIVE_MS = 95_000;
/** How often a draining server closes connections that have become idle. */
const SWEEP_MS = 50;

/**
 * Creates an HTTP server whose request and response classes already carry the framework's prototypes.
 *
 * Express sets the prototype of every request and response object, which costs Node before 24 most of its speed;
 * with prototypes that are right from the start that assignment does nothing. `own` is the Express app itself. Create
 * the server last: what is added to `own.request` later is not seen.
 */
export function createHttpServer(
  listener: RequestListener,
  own: { request: IncomingMessage; response: ServerResponse },
): Server {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse<Request> {}
  Object.setPrototypeOf(Request.prototype, own.request);
  Object.setPrototypeOf(Response.prototype, own.response);
  own.request = Request.prototype;
  own.response = Response.prototype;
  return createServer(
    { IncomingMessage: Request, ServerResponse: Response, keepAliveTimeout: KEEP_ALIVE_MS },
    listener,
  );
}

/**
 * Stops accepting connections and resolves when the last request has its answer; after `limitMs` it cuts what is left.
 *
 * `close()` alone keeps a connection that was busy at that moment open until its keep-alive time-out.
 */
export async function drainServer(server: Server, limitMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const limit = setTimeout(() => server.closeAllConnections(), limitMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
