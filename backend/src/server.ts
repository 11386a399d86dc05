import { createHttpServer, createLogger, followFiles, serve, startApp } from '@mtls/platform';
import { createApp } from './app';
import { createBoundParts } from './bound-parts';
import { readConfig } from './config';
import { logConfiguration } from './start-log';

void startApp('backend', async () => {
  const config = readConfig();
  const { port, host, appName, logLevel, files, reloadCheckMs } = config;
  const logger = createLogger({ component: appName, level: logLevel });
  const bound = followFiles({
    files,
    intervalMs: reloadCheckMs,
    make: () => {
      const read = readConfig();
      return { ...createBoundParts(read), config: read };
    },
    onReplaced: (_old, current) => logConfiguration(current.config, logger),
    logger,
  });
  logConfiguration(config, logger);
  const app = createApp(config, { bound, logger });
  await serve(createHttpServer(app, app), { port, host, logger });
});
