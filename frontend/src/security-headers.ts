import helmet from 'helmet';

/** Pages are complete as they come: no script, nothing from elsewhere, in nobody's frame. */
export function securityHeaders(): ReturnType<typeof helmet> {
  return helmet({
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
  });
}
