import { join } from 'node:path';
import { createHttpServer, createLogger, serve, startApp } from '@mtls/platform';
import { createApp } from './app';
import { loadEnvFile, readConfig } from './config';
import { closeScenarios, followScenarios } from './scenarios/current-scenarios';

void startApp('frontend', async () => {
  loadEnvFile();
  const config = readConfig();
  const { port, host, logLevel, appName } = config.process;
  const logger = createLogger({ component: appName, level: logLevel });
  const scenarios = followScenarios(config, { logger });
  const app = createApp({
    region: config.region,
    scenarios,
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
      scenarios.stop();
      closeScenarios(scenarios.current);
    },
  });
});
