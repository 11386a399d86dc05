import type { Current } from '@mtls/platform';
import type { Scenario } from './scenario';

/**
 * The scenarios as the service bindings make them: others take their place when the bindings change, in the same order and
 * at the same paths. A request takes its scenario once and runs it to the end, so that no request is lost.
 */
export type CurrentScenarios = Current<readonly Scenario[]>;

/** @throws {Error} when there is none at this path: a bug. */
export function scenarioAt({ current }: CurrentScenarios, path: string): Scenario {
  const found = current.find(({ page }) => page.path === path);
  if (found === undefined) throw new Error(`There is no scenario at ${path}.`);
  return found;
}
