import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from './logger';

/** Cloud Foundry kills a container 10 s after SIGTERM. */
const DRAIN_LIMIT_MS = 8_000;
const EXIT_LIMIT_MS = 9_500;

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
  return createServer({ IncomingMessage: Request, ServerResponse: Response }, listener);
}

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
  /** Releases what keeps the process alive or must be flushed; runs after the last request. */
  readonly onDrained?: () => Promise<void> | void;
}

/**
 * Listens, and on SIGTERM or SIGINT stops accepting, lets running requests end, and exits with 0.
 * @throws the error of `listen`, e.g. EADDRINUSE.
 */
export async function serve(server: Server, { port, host, logger, onDrained }: ServeOptions): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
  logger.info({ port: (server.address() as AddressInfo).port, host, node: process.version }, 'listening');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'shutting down');
      setTimeout(() => process.exit(1), EXIT_LIMIT_MS).unref();
      void drain(server)
        .then(() => onDrained?.())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            logger.error({ err: error }, 'shutdown failed');
            process.exit(1);
          },
        );
    });
  }
}

/** `close()` alone keeps a connection that was busy at that moment open until its keep-alive time-out. */
async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
