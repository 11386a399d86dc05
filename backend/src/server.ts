import { createHttpServer, createLogger, serve, startApp } from '@mtls/platform';
import { createApp } from './app';
import { followBoundParts } from './bound-parts';
import { readConfig } from './config';
import { logConfiguration } from './start-log';

void startApp('backend', async () => {
  const config = readConfig();
  const { port, host, appName, logLevel } = config;
  const logger = createLogger({ component: appName, level: logLevel });
  logConfiguration(config, logger);
  const app = createApp(config, { bound: followBoundParts(config, logger), logger });
  await serve(createHttpServer(app, app), { port, host, logger });
});
