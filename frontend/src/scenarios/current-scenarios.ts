import { followFiles, type Current, type Followed } from '@mtls/platform';
import { readConfig, type Config } from '../config';
import { createScenarios } from './create-scenarios';
import type { ScenarioDependencies } from './dependencies';
import type { Scenario } from './scenario';

/**
 * The scenarios as the service bindings make them: others take their place when the bindings change, in the same order and
 * at the same paths. A request takes its scenario once and runs it to the end, so that no request is lost.
 */
export type CurrentScenarios = Current<readonly Scenario[]>;

/** Creates the scenarios, and creates them anew whenever a file of the configuration changes. @throws {ConfigError} */
export function followScenarios(
  { files, process: { reloadCheckMs } }: Pick<Config, 'files' | 'process'>,
  dependencies: ScenarioDependencies,
): Followed<readonly Scenario[]> {
  return followFiles({
    files,
    intervalMs: reloadCheckMs,
    make: () => createScenarios(readConfig(), dependencies),
    onReplaced: closeScenarios,
    logger: dependencies.logger,
  });
}

export function closeScenarios(scenarios: readonly Scenario[]): void {
  for (const scenario of scenarios) scenario.close();
}

/** @throws {Error} when there is none at this path: a bug. */
export function scenarioAt({ current }: CurrentScenarios, path: string): Scenario {
  const found = current.find(({ page }) => page.path === path);
  if (found === undefined) throw new Error(`There is no scenario at ${path}.`);
  return found;
}
