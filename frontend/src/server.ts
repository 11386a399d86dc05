import { join } from 'node:path';
import { createHttpServer, createLogger, serve, startApp } from '@mtls/platform';
import { createApp } from './app';
import { loadEnvFile, readConfig } from './config';
import { warnOfExpiry } from './certificate-expiry';
import { closeBoundParts, followBoundParts } from './bound-parts';
import { openSessionStore } from './session-store';

void startApp('frontend', async () => {
  loadEnvFile();
  const config = readConfig();
  const { port, host, logLevel, appName } = config.process;
  const logger = createLogger({ component: appName, level: logLevel });
  const parts = followBoundParts(config, { logger });
  const stopWarning = warnOfExpiry(parts, logger);
  const store = await openSessionStore(config.sessions, logger);
  const app = createApp({
    region: config.region,
    parts,
    sessions: { store, requireLogin: config.sessions.requireLogin },
    replay: { isOn: config.demoAttacks, appName },
    // The build puts it beside the bundle.
    publicFolder: join(__dirname, 'public'),
    logger,
  });
  await serve(createHttpServer(app, app), {
    port,
    host,
    logger,
    onDrained: () => {
      stopWarning();
      parts.stop();
      closeBoundParts(parts.current);
      store.close();
    },
  });
});
