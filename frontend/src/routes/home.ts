import { Router } from 'express';
import { renderHome } from '../pages';
import { respond } from '../respond';
import type { CurrentScenarios } from '../scenarios/current-scenarios';
import { describeComparison, HOME } from '../scenarios/home';
import type { CreateShell } from '../shell';

/** The page that both ways to a token of an authorization server start from; it calls nobody itself. */
export function homeRoutes(scenarios: CurrentScenarios, createShell: CreateShell): Router {
  const router = Router();
  router.get(HOME.path, (req, res) => {
    const comparison = describeComparison(scenarios.current);
    respond(req, res, {
      status: 200,
      html: () => renderHome({ ...HOME, shell: createShell(req), comparison }),
      json: () => ({ ...HOME, comparison }),
    });
  });
  return router;
}
