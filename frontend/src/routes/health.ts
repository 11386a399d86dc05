import type { Current } from '@mtls/platform';
import { Router } from 'express';

/**
 * Answers the platform's health check, which wants 200 within a second: it asks nobody else. Nor do bindings that cannot be
 * used make the app unhealthy: a restart would only end what still works.
 */
export function healthRoutes(bound: Current<unknown>): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    res.set('cache-control', 'no-store').json({ status: 'up', ...(bound.isOutdated && { bindings: 'outdated' }) });
  });
  return router;
}
