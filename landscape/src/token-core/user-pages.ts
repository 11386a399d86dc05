import { Router, type RequestHandler } from 'express';
import type { UserClient } from './authorization';
import { createAuthorizeEndpoint, type AuthorizeOptions } from './authorize-endpoint';
import { refuseMethod } from './http-answers';
import { createLoginRouter, type LoginOptions } from './login-endpoint';
import { createLogoutEndpoint, type LogoutOptions } from './logout-endpoint';

export type UserPagesOptions<Client extends UserClient> = Omit<AuthorizeOptions<Client>, 'loginPath'> &
  LoginOptions<Client> & {
    readonly logout: Pick<LogoutOptions<Client>, 'readRequest' | 'onEnd'> & {
      /** Where else than after the login users may be sent; without it the same. */
      readonly isAllowedRedirect?: LogoutOptions<Client>['isAllowedRedirect'];
    };
  };

/** Creates what a token service shows to browsers: the authorization endpoint, login and logout. */
export function createUserPages<Client extends UserClient>(options: UserPagesOptions<Client>): RequestHandler {
  const { paths, logout } = options;
  const router = Router();
  router
    .route(paths.authorize)
    .get(createAuthorizeEndpoint({ ...options, loginPath: paths.login }))
    .all(refuseMethod('GET, HEAD'));
  router
    .route(paths.logout)
    .get(createLogoutEndpoint({ ...options, ...logout }))
    .all(refuseMethod('GET, HEAD'));
  router.use(createLoginRouter(options));
  return router;
}
