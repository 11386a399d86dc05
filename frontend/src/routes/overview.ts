import { Router } from 'express';
import { USER_PATH } from '../login/return-path';
import { renderOverview } from '../pages';
import { respond } from '../respond';
import type { CurrentScenarios } from '../scenarios/current-scenarios';
import { listEntries } from '../scenarios/home';
import type { CreateShell } from '../shell';
import { GRANTS_PATH } from './grants';

/** The start page: what is bound and ready, how it last went. */
export function overviewRoutes(scenarios: CurrentScenarios, createShell: CreateShell): Router {
  const router = Router();
  router.get('/', (req, res) => {
    const shell = createShell(req);
    const cards = listEntries(scenarios.current).map(({ card }) => card());
    respond(req, res, {
      status: 200,
      html: () => renderOverview({ shell, cards }),
      json: () => {
        const { product, region, node, revision } = shell;
        const users = shell.account === undefined ? undefined : { login: USER_PATH, grants: GRANTS_PATH };
        return { product, region, node, revision, scenarios: cards, ...(users && { users }) };
      },
    });
  });
  return router;
}
