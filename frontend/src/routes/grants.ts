import { Router, type Request, type RequestHandler, type Response } from 'express';
import * as v from 'valibot';
import type { CurrentLogin } from '../bound-parts';
import { BadRequestError, MethodNotAllowedError } from '../errors';
import { runnableGrants, type GrantRun } from '../grants/grant';
import { loginOf } from '../login/require-login';
import { renderGrants } from '../pages';
import { proveForm, requireOwnForm } from '../request-forgery';
import { respond } from '../respond';
import type { CreateShell } from '../shell';

export const GRANTS_PATH = '/grants';

export interface GrantRoutesOptions {
  readonly login: CurrentLogin;
  /** Lets only users pass who are logged in. */
  readonly guard: readonly RequestHandler[];
  readonly createShell: CreateShell;
}

const formSchema = v.object({ grant: v.picklist(runnableGrants) });

/** The four grants side by side; a form of the page runs one of them. */
export function grantRoutes({ login, guard, createShell }: GrantRoutesOptions): Router {
  const router = Router();
  const answer = (req: Request, res: Response, run: GrantRun | undefined): void => {
    const grants = login.current.require().grants.describe();
    respond(req, res, {
      status: 200,
      html: () => renderGrants({ shell: createShell(req), grants, run, proof: proveForm(req, res) }),
      json: () => ({ grants, ...(run && { run }) }),
    });
  };
  router.get(GRANTS_PATH, ...guard, (req, res) => answer(req, res, undefined));
  router.post(GRANTS_PATH, ...requireOwnForm(), ...guard, async (req, res) => {
    const form = v.safeParse(formSchema, req.body);
    if (!form.success) throw new BadRequestError(400, 'no grant of this page');
    answer(req, res, await login.current.require().grants.run(form.output.grant, loginOf(req)));
  });
  router.all(GRANTS_PATH, () => {
    throw new MethodNotAllowedError('GET, HEAD, POST');
  });
  return router;
}
