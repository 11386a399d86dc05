import { Router } from 'express';
import { renderOverview } from '../pages';
import { respond } from '../respond';
import type { CurrentScenarios } from '../scenarios/current-scenarios';
import { listEntries } from '../scenarios/home';
import type { CreateShell } from '../shell';

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
        return { product, region, node, revision, scenarios: cards };
      },
    });
  });
  return router;
}
