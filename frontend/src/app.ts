import type { Logger } from '@mtls/platform';
import express, { type Express } from 'express';
import { createErrorHandler } from './error-handler';
import { NotFoundError } from './errors';
import { healthRoutes } from './routes/health';
import { overviewRoutes } from './routes/overview';
import { scenarioRoutes } from './routes/scenarios';
import { staticFileRoutes } from './routes/static-files';
import type { Scenario } from './scenario';
import { securityHeaders } from './security-headers';
import { createShellFactory } from './shell';

export interface AppOptions {
  readonly region: string;
  readonly scenarios: readonly Scenario[];
  /** Folder with what the browser loads beside the pages. */
  readonly publicFolder: string;
  readonly logger: Logger;
}

/** Creates the Express app: every route, and nothing that listens. */
export function createApp({ region, scenarios, publicFolder, logger }: AppOptions): Express {
  const createShell = createShellFactory(region, scenarios);
  const app = express();
  app.disable('x-powered-by');
  // Pages are never cached, so nobody would ask with their ETag.
  app.disable('etag');
  app.set('query parser', false);
  // Cloud Foundry's router is the one proxy in front: scheme and host are as it says.
  app.set('trust proxy', 1);
  app.use(healthRoutes());
  app.use(securityHeaders());
  app.use(overviewRoutes(scenarios, createShell));
  app.use(scenarioRoutes(scenarios, createShell));
  app.use(staticFileRoutes(publicFolder));
  app.use(() => {
    throw new NotFoundError();
  });
  app.use(createErrorHandler(logger, createShell));
  return app;
}
