import express, { type Express, type Request, type RequestHandler } from 'express';
import {
  createOAuthErrorHandler,
  createUnknownPathHandler,
  readFormText,
  refuseMethod,
} from '../token-core/http-answers';
import type { TokenEndpoint } from '../token-core/token-endpoint';

/** Of the challenge in a 401. */
export const REALM = 'SAP Cloud Identity Services';

export interface IdentityServerOptions {
  readonly tokenEndpoint: TokenEndpoint;
  /** Body of `/oauth2/certs`. */
  readonly keys: object;
  /** @throws {OAuthError} when the keys must not be had with these headers. */
  readonly checkKeyRequest: (req: Request) => void;
  /** Body of `/.well-known/openid-configuration`. */
  readonly discovery: object;
  /** What users see: login, logout, authorization. */
  readonly pages: RequestHandler;
  /**
   * Body of `/Applications/v1`.
   * @throws {OAuthError} when the caller does not authenticate.
   */
  readonly listApplications: (req: Request) => object;
}

/** Creates what the one port of the tenant answers, for clients with secrets and with certificates alike. */
export function createIdentityServer(options: IdentityServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', 'strong');
  app
    .route('/oauth2/token')
    .post(readFormText, (req, res) => options.tokenEndpoint(req, res, req.body))
    .all(refuseMethod('POST'));
  const documents: readonly (readonly [path: string, read: (req: Request) => object])[] = [
    [
      '/oauth2/certs',
      (req) => {
        options.checkKeyRequest(req);
        return options.keys;
      },
    ],
    ['/.well-known/openid-configuration', () => options.discovery],
    ['/Applications/v1', options.listApplications],
  ];
  for (const [path, read] of documents)
    app
      .route(path)
      .get((req, res) => void res.json(read(req)))
      .all(refuseMethod('GET, HEAD'));
  app.use(options.pages);
  app.use(createUnknownPathHandler(describeUnknownPath), createOAuthErrorHandler(REALM));
  return app;
}

function describeUnknownPath(path: string): string {
  return path === '/oauth/token'
    ? 'The token endpoint of SAP Cloud Identity Services is /oauth2/token; /oauth/token is that of XSUAA'
    : `There is nothing at ${path}; the token endpoint is /oauth2/token`;
}
