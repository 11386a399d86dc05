import { Router } from 'express';
import { renderHome } from '../pages';
import { respond } from '../respond';
import type { CurrentScenarios } from '../scenarios/current-scenarios';
import { describeComparison, HOME } from '../scenarios/home';
import type { CreateShell } from '../shell';
import type { OfferReplay } from './replay';

/** The page that both ways to a token of an authorization server start from; it calls nobody itself. */
export function homeRoutes(scenarios: CurrentScenarios, createShell: CreateShell, offerReplay: OfferReplay): Router {
  const router = Router();
  router.get(HOME.path, (req, res) => {
    const comparison = describeComparison(scenarios.current);
    const ready = comparison.filter(({ state }) => state.kind === 'ready');
    respond(req, res, {
      status: 200,
      html: () => {
        const replays = ready.map(({ title, path }) => ({ title, offer: offerReplay(req, res, path) }));
        return renderHome({ ...HOME, shell: createShell(req), comparison, replays });
      },
      json: () => ({ ...HOME, comparison }),
    });
  });
  return router;
}
