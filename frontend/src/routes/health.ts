import { Router } from 'express';

/** Answers the platform's health check, which wants 200 within a second: it asks nobody else. */
export function healthRoutes(): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    res.set('cache-control', 'no-store').json({ status: 'up' });
  });
  return router;
}
