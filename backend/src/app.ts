import type { Logger } from '@mtls/platform';
import express, { type Express, type RequestHandler } from 'express';
import { createAuthentication } from './auth/authenticate';
import { createIssuers } from './auth/issuers';
import { requireCertificateBinding } from './auth/require-certificate-binding';
import { requireScope } from './auth/require-scope';
import { VerifiedTokens } from './auth/verified-tokens';
import type { BackendConfig } from './config';
import { handleError } from './error-handler';
import { createRequestLog } from './request-log';
import { answerEndpoint } from './routes/endpoint';
import { refuseMethod, refusePath } from './routes/fallback';
import { answerHealth } from './routes/health';
import { createSecurityHeaders } from './security-headers';

export type AppConfig = Pick<
  BackendConfig,
  'issuers' | 'tokenCacheSize' | 'upstreamTimeoutMs' | 'requiredScope' | 'certificateBinding'
>;

export interface AppDependencies {
  readonly logger: Logger;
}

/** Assembles the backend: which handler sees a request when. */
export function createApp(config: AppConfig, { logger }: AppDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('env', 'production'); // whatever NODE_ENV says: Express itself must never answer with a stack trace
  app.disable('etag'); // nothing here is cached, and hashing each answer costs time

  app.get('/health', answerHealth); // first: it comes every few seconds and needs nothing of the rest
  app.use(createRequestLog(logger));
  app.use(createSecurityHeaders());
  app.all('/health', refuseMethod);

  // From here on every path wants a token, also one that does not exist: a stranger learns nothing of what is there.
  app.use(createGuard(config));
  app.get('/endpoint', ...checkScope(config), answerEndpoint);
  app.all('/endpoint', refuseMethod);
  app.use(refusePath);
  app.use(handleError);
  return app;
}

/** What a request must pass before anything but the health check. */
function createGuard(config: AppConfig): RequestHandler[] {
  const { issuers, tokenCacheSize, upstreamTimeoutMs, certificateBinding } = config;
  const verified = new VerifiedTokens(tokenCacheSize);
  const { signatureCache } = verified;
  const services = createIssuers(issuers, { timeoutMs: upstreamTimeoutMs, signatureCache });
  return [createAuthentication(services, verified), requireCertificateBinding(certificateBinding)];
}

function checkScope({ requiredScope }: AppConfig): RequestHandler[] {
  return requiredScope === undefined ? [] : [requireScope(requiredScope)];
}
