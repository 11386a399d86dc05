import type { Logger } from '@mtls/platform';
import express, { type Express } from 'express';
import { createErrorHandler } from './error-handler';
import { createRequestLog } from './request-log';
import { refuseMethod, refusePath } from './routes/fallback';
import { healthRoutes } from './routes/health';
import { homeRoutes } from './routes/home';
import { overviewRoutes } from './routes/overview';
import { createReplayOffer, replayRoutes, type ReplaySettings } from './routes/replay';
import { scenarioRoutes } from './routes/scenarios';
import { staticFileRoutes } from './routes/static-files';
import type { CurrentScenarios } from './scenarios/current-scenarios';
import { HOME } from './scenarios/home';
import { securityHeaders } from './security-headers';
import { createShellFactory } from './shell';

export interface AppOptions {
  readonly region: string;
  readonly scenarios: CurrentScenarios;
  readonly replay: ReplaySettings;
  /** Folder with what the browser loads beside the pages. */
  readonly publicFolder: string;
  readonly logger: Logger;
}

/** Creates the Express app: every route, and nothing that listens. */
export function createApp({ region, scenarios, replay, publicFolder, logger }: AppOptions): Express {
  const createShell = createShellFactory(region, scenarios);
  const offerReplay = createReplayOffer(replay);
  const app = express();
  app.disable('x-powered-by');
  app.set('env', 'production'); // whatever NODE_ENV says: Express itself must never answer with a stack trace
  app.disable('etag'); // pages are never kept, so nobody would ask with their ETag
  app.set('query parser', false);
  app.set('trust proxy', 1); // Cloud Foundry's router is the one proxy in front: scheme and host are as it says

  app.use(healthRoutes(scenarios)); // first: it comes every few seconds and needs nothing of the rest
  app.use(createRequestLog(logger));
  app.use(securityHeaders());
  app.use(overviewRoutes(scenarios, createShell));
  app.use(homeRoutes(scenarios, createShell, offerReplay));
  app.use(scenarioRoutes(scenarios, createShell, offerReplay));
  app.use(replayRoutes(scenarios, replay, { createShell, offerReplay }));
  app.all(['/', '/health', HOME.path, ...scenarios.current.map(({ page }) => page.path)], refuseMethod);
  app.use(staticFileRoutes(publicFolder));

  app.use(refusePath);
  app.use(createErrorHandler(createShell));
  return app;
}
