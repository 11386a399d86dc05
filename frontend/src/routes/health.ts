import { Router } from 'express';
import type { CurrentParts } from '../bound-parts';
import { listCertificateExpiries } from '../certificate-expiry';

/**
 * Answers the platform's health check, which wants 200 within a second: it asks nobody else. Neither bindings that cannot be
 * used nor certificates that end make the app unhealthy: a restart would only end what still works.
 */
export function healthRoutes(parts: CurrentParts): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    const certificates = listCertificateExpiries(parts.current, Date.now());
    res.set('cache-control', 'no-store').json({
      status: 'up',
      ...(parts.isOutdated && { bindings: 'outdated' }),
      ...(certificates.length > 0 && { certificates }),
    });
  });
  return router;
}
