import { Router, type Request, type RequestHandler, type Response } from 'express';
import { DemoOffError, MethodNotAllowedError, TooManyRequestsError } from '../errors';
import { renderReplay, type ReplayOffer } from '../pages';
import { RateLimit } from '../rate-limit';
import { proveForm, requireOwnForm } from '../request-forgery';
import { respond } from '../respond';
import { scenarioAt, type CurrentScenarios } from '../scenarios/current-scenarios';
import type { CreateShell } from '../shell';

export interface ReplaySettings {
  /** DEMO_ATTACKS */
  readonly isOn: boolean;
  readonly appName: string;
}

/** For all users together: each replay makes four connections to the backend. */
const LIMIT = { capacity: 10, refillMs: 3000 };

/** Offers the replay on the page of a scenario, if it is on: with the value that proves the form to be this app's. */
export type OfferReplay = (req: Request, res: Response, pagePath: string) => ReplayOffer;

export function createReplayOffer({ isOn, appName }: ReplaySettings): OfferReplay {
  return (req, res, pagePath) =>
    isOn ? { kind: 'on', action: replayPath(pagePath), proof: proveForm(req, res) } : { kind: 'off', appName };
}

/** Uses the token of a scenario again, as a thief would: `POST <path of its page>/replay`. */
export function replayRoutes(
  scenarios: CurrentScenarios,
  settings: ReplaySettings,
  { createShell, offerReplay }: { readonly createShell: CreateShell; readonly offerReplay: OfferReplay },
): Router {
  const router = Router();
  const guard = [requireDemo(settings), ...requireOwnForm(), limitRate(new RateLimit(LIMIT))];
  for (const {
    page: { path },
  } of scenarios.current) {
    router.post(replayPath(path), guard, async (req: Request, res: Response) => {
      const scenario = scenarioAt(scenarios, path);
      const { page } = scenario;
      const replay = await scenario.replay(replayPath(path));
      respond(req, res, {
        status: 200,
        html: () => renderReplay({ ...page, shell: createShell(req), replay, offer: offerReplay(req, res, path) }),
        json: () => replay,
      });
    });
    router.all(replayPath(path), () => {
      throw new MethodNotAllowedError('POST');
    });
  }
  return router;
}

function replayPath(pagePath: string): string {
  return `${pagePath}/replay`;
}

function requireDemo({ isOn, appName }: ReplaySettings): RequestHandler {
  return (_req, _res, next) => {
    if (!isOn) throw new DemoOffError(appName);
    next();
  };
}

function limitRate(limit: RateLimit): RequestHandler {
  return (_req, _res, next) => {
    const waitMs = limit.take();
    if (waitMs > 0) throw new TooManyRequestsError(waitMs);
    next();
  };
}
