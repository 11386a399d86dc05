import type { ServerResponse } from 'node:http';
import express, { Router } from 'express';

const ONE_HOUR = 'public, max-age=3600';
/** The pages ask for the style sheet with the revision as `v`, so that a new build is a new address. */
const FOREVER = 'public, max-age=31536000, immutable';

/** Style sheet, fonts and icon of the pages, from the folder that the build makes. */
export function staticFileRoutes(publicFolder: string): Router {
  const router = Router();
  router.get('/favicon.ico', (_req, res) => res.redirect(301, '/favicon.svg'));
  router.use(
    express.static(publicFolder, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (res: ServerResponse) => {
        res.setHeader('cache-control', /\?v=[^&]+$/.test(res.req.url ?? '') ? FOREVER : ONE_HOUR);
      },
    }),
  );
  return router;
}
