import { createConstantHeaders } from '@mtls/platform';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Pages are complete as they come: no script, nothing from elsewhere, in nobody's frame. */
const setHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // With no-referrer the browser would send `Origin: null` along with this app's own forms.
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
  // Whoever ends TLS decides on this: here it would reach every port of a developer's localhost.
  strictTransportSecurity: false,
  // For browsers that are gone: Internet Explorer 8, Flash, the XSS auditor.
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/** Creates the middleware that sets the security headers of every answer. */
export function securityHeaders(): RequestHandler {
  return createConstantHeaders(setHeaders);
}
