import express, { type Express, type RequestHandler } from 'express';
import { createOAuthErrorHandler, createUnknownPathHandler, refuseMethod } from '../token-core/http-answers';
import { invalidRequest } from '../token-core/oauth-error';
import { paths } from './addresses';
import type { ProviderHandler } from './provider';

export interface AuthorizationServerOptions {
  /** Made when an endpoint of its own is called for the first time. */
  readonly provider: () => Promise<ProviderHandler>;
  /** `host:port` of the issuer. */
  readonly host: string;
  readonly metadata: object;
  /** A JSON Web Key Set without private members. */
  readonly keys: object;
}

/** Creates what both ports of the authorization server answer; they differ in whether TLS asks for a certificate. */
export function createAuthorizationServerApp({ provider, host, metadata, keys }: AuthorizationServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  const answer: RequestHandler = async (req, res) => {
    // The engine builds URLs of its answers from it: they must not depend on what a caller writes there.
    req.headers.host = host;
    const handle = await provider();
    await handle(req, res);
  };
  app.post(paths.registration, requireJson);
  for (const path of [paths.token, paths.introspection, paths.registration])
    app.route(path).post(answer).all(refuseMethod('POST'));
  app
    .route(`${paths.registration}/:clientId`)
    .get(answer)
    .put(answer)
    .delete(answer)
    .all(refuseMethod('GET, PUT, DELETE'));
  for (const path of paths.metadata)
    app
      .route(path)
      .get((_req, res) => void res.json(metadata))
      .all(refuseMethod('GET, HEAD'));
  app
    .route(paths.jwks)
    .get((_req, res) => void res.json(keys))
    .all(refuseMethod('GET, HEAD'));
  app.use(createUnknownPathHandler(describeUnknownPath), createOAuthErrorHandler(`https://${host}`));
  return app;
}

/** The engine takes a request without a type, too, which a web page can send without its browser asking first. */
const requireJson: RequestHandler = (req, _res, next) => {
  if (req.is('application/json') !== 'application/json')
    throw invalidRequest('only application/json is supported: the metadata of the client');
  next();
};

function describeUnknownPath(path: string): string {
  return `There is nothing at ${path}; the token endpoint is ${paths.token}, and ${paths.metadata[0]} names the others`;
}
