import express, { Router, type RequestHandler } from 'express';
import type { RequestListener } from 'node:http';
import type { CertificateAuthority } from '../ca/certificate-authority';
import type { Access } from './access';
import type { TokenServices } from './authentication/authentication-type';
import { CertificateRenewal } from './certificate-renewal';
import { createFindRouter } from './find';
import { createErrorHandler } from './http';
import { createManagementRouter } from './management';
import { renderPublicKeys } from './public-keys';
import { createCertificateResource, destinations, fragments } from './resource';
import { ServiceError } from './service-error';
import type { Store } from './store';

export interface ServerOptions {
  readonly store: Store;
  readonly access: Access;
  readonly services: TokenServices;
  readonly ca: CertificateAuthority;
  readonly now: () => number;
}

const BASE_PATH = '/destination-configuration';
/** As documented, for every request. */
const MAX_URI_LENGTH = 4000;

/** The Destination Service's REST API. */
export function createRequestListener(options: ServerOptions): RequestListener {
  const { store, ca, now } = options;
  const renewal = new CertificateRenewal({ store, ca, now });
  const api = Router();
  api.use(createFindRouter(options));
  api.use(createManagementRouter(destinations, options));
  api.use(createManagementRouter(fragments, options));
  api.use(
    createManagementRouter(createCertificateResource(ca, now), options, {
      path: 'publicKeys',
      render: ({ value }) => renderPublicKeys(value),
    }),
  );
  const app = express();
  app.disable('x-powered-by');
  // Entity tags are the service's own, of the state and not of the body.
  app.disable('etag');
  app.use(limitUri, async (_req, _res, next) => {
    await renewal.run();
    next();
  });
  app.use(BASE_PATH, api);
  app.use(() => {
    throw new ServiceError(404, 'Not Found');
  });
  app.use(createErrorHandler(() => 'text'));
  return app;
}

const limitUri: RequestHandler = (req, _res, next) => {
  if (req.originalUrl.length > MAX_URI_LENGTH)
    throw new ServiceError(400, `Bad Request: the URI is longer than ${MAX_URI_LENGTH} characters`);
  next();
};
