import { Router } from 'express';
import { ScenarioFailedError } from '../errors';
import { renderScenario } from '../pages';
import { respond } from '../respond';
import { toScenarioJson } from '../scenario-json';
import { scenarioAt, type CurrentScenarios } from '../scenarios/current-scenarios';
import type { CreateShell } from '../shell';
import type { OfferReplay } from './replay';

/** One page a scenario; each request runs it. A failed run goes to the error handler. */
export function scenarioRoutes(
  scenarios: CurrentScenarios,
  createShell: CreateShell,
  offerReplay: OfferReplay,
): Router {
  const router = Router();
  for (const {
    page: { path },
  } of scenarios.current) {
    router.get(path, async (req, res) => {
      const scenario = scenarioAt(scenarios, path);
      const { page } = scenario;
      const { result, cause } = await scenario.run();
      const { error } = result;
      if (error !== undefined) throw new ScenarioFailedError({ ...page, result: { ...result, error } }, cause);
      respond(req, res, {
        status: 200,
        html: () =>
          renderScenario({ ...page, shell: createShell(req), result, replay: offerReplay(req, res, page.path) }),
        json: () => toScenarioJson(result),
      });
    });
  }
  return router;
}
