import { Router, type RequestHandler } from 'express';
import type { CurrentLogin } from '../bound-parts';
import { loginOf } from '../login/require-login';
import { renderUser } from '../pages';
import { respond } from '../respond';
import { arrivalHop } from '../scenarios/way';
import { USER_PATH } from '../login/return-path';
import type { CreateShell } from '../shell';
import { decodeClaims, userName } from '../tokens/claims';
import type { UserPage } from '../user/user-page';

export interface UserRoutesOptions {
  readonly login: CurrentLogin;
  /** Lets only users pass who are logged in. */
  readonly guard: readonly RequestHandler[];
  readonly createShell: CreateShell;
}

/** The page of the user who is logged in: who that is, what the token says, and three things done on the user's behalf. */
export function userRoutes({ login, guard, createShell }: UserRoutesOptions): Router {
  const router = Router();
  router.get(USER_PATH, ...guard, async (req, res) => {
    const started = performance.now();
    const tokens = loginOf(req);
    const { actions, hops } = await login.current.require().actions.run(tokens.accessToken);
    const claims = decodeClaims(tokens.accessToken) ?? {};
    const user: UserPage = {
      name: userName(claims),
      token: { claims },
      expiresAt: new Date(tokens.expiresAt).toISOString(),
      renewsAt: tokens.refreshToken === undefined ? undefined : new Date(tokens.refreshAt).toISOString(),
      actions,
      hops: [arrivalHop({ path: USER_PATH, status: 200, started }), ...hops],
    };
    respond(req, res, {
      status: 200,
      html: () => renderUser({ shell: createShell(req), user }),
      json: () => user,
    });
  });
  return router;
}
