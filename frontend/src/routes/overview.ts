import { Router } from 'express';
import type { CurrentLogin } from '../bound-parts';
import { USER_PATH } from '../login/return-path';
import { renderOverview } from '../pages';
import { respond } from '../respond';
import type { CurrentScenarios } from '../scenarios/current-scenarios';
import { listEntries } from '../scenarios/home';
import type { CreateShell } from '../shell';
import { GRANTS_PATH } from './grants';

export interface OverviewDependencies {
  readonly scenarios: CurrentScenarios;
  readonly login: CurrentLogin;
  readonly createShell: CreateShell;
}

/** The start page: what is bound and ready, how it last went. */
export function overviewRoutes({ scenarios, login, createShell }: OverviewDependencies): Router {
  const router = Router();
  router.get('/', (req, res) => {
    const shell = createShell(req);
    const cards = listEntries(scenarios.current).map(({ card }) => card());
    const [certificate] = login.current.certificates();
    const certificateNotAfter = certificate?.notAfter;
    respond(req, res, {
      status: 200,
      html: () => renderOverview({ shell, cards, login: { certificateNotAfter } }),
      json: () => {
        const { product, region, node, revision } = shell;
        const users =
          shell.account === undefined ? undefined : { login: USER_PATH, grants: GRANTS_PATH, certificateNotAfter };
        return { product, region, node, revision, scenarios: cards, ...(users && { users }) };
      },
    });
  });
  return router;
}
