import type { Logger } from '@mtls/platform';
import express, { type Express } from 'express';
import { loginPartOf, scenariosOf, type CurrentParts } from './bound-parts';
import { createErrorHandler } from './error-handler';
import { LoginRenewal } from './login/login-renewal';
import { createLoginGuard } from './login/require-login';
import { USER_PATH } from './login/return-path';
import { createRequestLog } from './request-log';
import { refuseMethod, refusePath } from './routes/fallback';
import { healthRoutes } from './routes/health';
import { grantRoutes } from './routes/grants';
import { homeRoutes } from './routes/home';
import { loginRoutes } from './routes/login';
import { overviewRoutes } from './routes/overview';
import { createReplayOffer, replayRoutes, type ReplaySettings } from './routes/replay';
import { scenarioRoutes } from './routes/scenarios';
import { staticFileRoutes } from './routes/static-files';
import { HOME } from './scenarios/home';
import { userRoutes } from './routes/user';
import { securityHeaders } from './security-headers';
import type { SessionStore } from './session-store';
import { createSessionMiddleware } from './session/session-middleware';
import { createShellFactory } from './shell';

/** How users who are logged in are remembered, and whether all pages are for them. */
export interface AppSessions {
  readonly store: SessionStore;
  /** REQUIRE_LOGIN */
  readonly requireLogin: boolean;
}

export interface AppOptions {
  readonly region: string;
  readonly parts: CurrentParts;
  readonly sessions: AppSessions;
  readonly replay: ReplaySettings;
  /** Folder with what the browser loads beside the pages. */
  readonly publicFolder: string;
  readonly logger: Logger;
}

/** Creates the Express app: every route, and nothing that listens. */
export function createApp({ region, parts, sessions, replay, publicFolder, logger }: AppOptions): Express {
  const [scenarios, login] = [scenariosOf(parts), loginPartOf(parts)];
  const session = createSessionMiddleware(sessions.store);
  const guard = createLoginGuard({ login, renewal: new LoginRenewal(logger), readSession: session.read });
  const createShell = createShellFactory({ region, scenarios, login });
  const offerReplay = createReplayOffer(replay);
  const app = express();
  app.disable('x-powered-by');
  app.set('env', 'production'); // whatever NODE_ENV says: Express itself must never answer with a stack trace
  app.disable('etag'); // pages are never kept, so nobody would ask with their ETag
  app.set('query parser', false);
  app.set('trust proxy', 1); // Cloud Foundry's router is the one proxy in front: scheme and host are as it says

  app.use(healthRoutes(parts)); // first: it comes every few seconds and needs nothing of the rest
  app.use(createRequestLog(logger));
  app.use(securityHeaders());
  app.use(loginRoutes({ login, session, createShell }));
  // What lies beside the pages is nobody's secret, and the page of an error needs it.
  if (sessions.requireLogin) app.use(staticFileRoutes(publicFolder), ...guard);
  app.use(overviewRoutes({ scenarios, login, createShell }));
  app.use(homeRoutes(scenarios, createShell, offerReplay));
  app.use(scenarioRoutes(scenarios, createShell, offerReplay));
  app.use(replayRoutes(scenarios, replay, { createShell, offerReplay }));
  app.use(userRoutes({ login, guard, createShell }));
  app.use(grantRoutes({ login, guard, createShell }));
  app.all(['/', '/health', USER_PATH, HOME.path, ...scenarios.current.map(({ page }) => page.path)], refuseMethod);
  if (!sessions.requireLogin) app.use(staticFileRoutes(publicFolder));

  app.use(refusePath);
  app.use(createErrorHandler(createShell));
  return app;
}
