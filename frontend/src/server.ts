import { join } from 'node:path';
import { createHttpServer, createLogger, followFiles, serve, startApp } from '@mtls/platform';
import { createApp } from './app';
import { readConfig } from './config';
import { createScenarios } from './scenarios/create-scenarios';
import type { Scenario } from './scenarios/scenario';

void startApp('frontend', async () => {
  const config = readConfig();
  const { port, host, logLevel, appName, reloadCheckMs } = config.process;
  const logger = createLogger({ component: appName, level: logLevel });
  const scenarios = followFiles({
    files: config.files,
    intervalMs: reloadCheckMs,
    make: () => createScenarios(readConfig(), { logger }),
    onReplaced: close,
    logger,
  });
  const app = createApp({
    region: config.region,
    scenarios,
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
      close(scenarios.current);
    },
  });
});

function close(scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) scenario.close();
}
