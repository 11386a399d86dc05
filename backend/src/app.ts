import type { Current, Logger } from '@mtls/platform';
import express, { type Express, type RequestHandler } from 'express';
import { requireCertificateBinding } from './auth/require-certificate-binding';
import { requireScope } from './auth/require-scope';
import type { BoundParts } from './bound-parts';
import type { BackendConfig } from './config';
import { handleError } from './error-handler';
import type { CertificateRoles } from './inbound/certificate-roles';
import { createRequestLog } from './request-log';
import { answerEndpoint } from './routes/endpoint';
import { refuseMethod, refusePath } from './routes/fallback';
import { createHealthCheck } from './routes/health';
import { createInboundRouter } from './routes/inbound';
import { createSecurityHeaders } from './security-headers';

export type AppConfig = Pick<BackendConfig, 'requiredScope' | 'certificateBinding'>;

export interface AppDependencies {
  readonly bound: Current<BoundParts>;
  /** Absent, no path takes a client certificate alone. */
  readonly certificateRoles?: Current<CertificateRoles> | undefined;
  readonly logger: Logger;
}

/** Assembles the backend: which handler sees a request when. */
export function createApp(config: AppConfig, { bound, certificateRoles, logger }: AppDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('env', 'production'); // whatever NODE_ENV says: Express itself must never answer with a stack trace
  app.disable('etag'); // nothing here is cached, and hashing each answer costs time

  app.get(
    '/health',
    createHealthCheck({ bindings: bound, ...(certificateRoles && { certificate_roles: certificateRoles }) }),
  ); // first: it comes every few seconds and needs nothing of the rest
  app.use(createRequestLog(logger));
  app.use(createSecurityHeaders());
  app.all('/health', refuseMethod);
  if (certificateRoles !== undefined) app.use(createInboundRouter(config, certificateRoles));

  // From here on every path wants a token, also one that does not exist: a stranger learns nothing of what is there.
  app.use((req, res, next) => void bound.current.authenticate(req, res, next));
  app.use(requireCertificateBinding(config.certificateBinding));
  app.get('/endpoint', ...checkScope(config), answerEndpoint);
  app.all('/endpoint', refuseMethod);
  app.use(refusePath);
  app.use(handleError);
  return app;
}

function checkScope({ requiredScope }: AppConfig): RequestHandler[] {
  return requiredScope === undefined ? [] : [requireScope(requiredScope)];
}
