import { createConstantHeaders } from '@mtls/platform';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { styleSource } from './pages/page';

/** Creates the middleware that sets the security headers of every answer but the health check's. */
export function createSecurityHeaders(): RequestHandler {
  return createConstantHeaders(
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
      // See `setPageHeaders`.
      crossOriginOpenerPolicy: false,
      referrerPolicy: false,
      xFrameOptions: false,
      // For browsers that are gone (Internet Explorer 8, Flash, the XSS auditor) or for pages with links and scripts: each costs time.
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
      xDnsPrefetchControl: false,
      originAgentCluster: false,
    }),
  );
}

/** Sets what a browser heeds in a page alone. */
export function setPageHeaders(res: Response): void {
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Referrer-Policy', 'no-referrer');
  // For browsers that do not know `frame-ancestors`.
  res.setHeader('X-Frame-Options', 'DENY');
}
