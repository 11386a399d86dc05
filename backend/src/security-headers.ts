import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { styleSource } from './pages/page';

/** Creates the middleware that sets the security headers of every answer but the health check's. */
export function createSecurityHeaders(): RequestHandler {
  const headers = recordHeaders(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'style-src': [styleSource],
          'img-src': ['data:'],
          'base-uri': ["'none'"],
          'form-action': ["'none'"],
          'frame-ancestors': ["'none'"],
        },
      },
      // Whoever ends TLS decides on this: here it would reach every port of a developer's localhost.
      strictTransportSecurity: false,
      // For browsers that are gone (Internet Explorer 8, Flash, the XSS auditor) or for pages with links and scripts: each costs time.
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
      xDnsPrefetchControl: false,
      originAgentCluster: false,
    }),
  );
  return function setSecurityHeaders(_req, res, next) {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

/** The headers are the same for every answer. Helmet would compute each of them again, in a middleware of its own. */
function recordHeaders(setHeaders: ReturnType<typeof helmet>): HeaderRecorder['recorded'] {
  const req = new IncomingMessage(new Socket());
  const res = new HeaderRecorder(req);
  setHeaders(req, res, (error) => {
    if (error !== undefined) throw new Error('helmet did not set its headers', { cause: error });
  });
  return res.recorded;
}

class HeaderRecorder extends ServerResponse {
  readonly recorded: Array<readonly [name: string, value: string]> = [];

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.recorded.push([name, String(value)]);
    return this;
  }
}
