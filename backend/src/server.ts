import { createHttpServer, createLogger, serve, startApp } from '@mtls/platform';
import { createApp } from './app';
import { followBoundParts } from './bound-parts';
import { readConfig } from './config';
import { followCertificateRoles } from './inbound/follow-certificate-roles';
import { logConfiguration } from './start-log';

void startApp('backend', async () => {
  const config = readConfig();
  const { port, host, appName, logLevel } = config;
  const logger = createLogger({ component: appName, level: logLevel });
  logConfiguration(config, logger);
  const { certificateRoles: found, reloadCheckMs } = config;
  const certificateRoles = found && followCertificateRoles(found, { reloadCheckMs, logger });
  const app = createApp(config, { bound: followBoundParts(config, logger), certificateRoles, logger });
  await serve(createHttpServer(app, app), { port, host, logger });
});
