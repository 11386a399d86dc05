import { followFiles, type Current, type Followed } from '@mtls/platform';
import { readConfig, type Config } from './config';
import { createLogin, type Login } from './login/login';
import { createScenarios } from './scenarios/create-scenarios';
import type { CurrentScenarios } from './scenarios/current-scenarios';
import type { ScenarioDependencies } from './scenarios/dependencies';
import type { Scenario } from './scenarios/scenario';

/**
 * Everything that the service bindings make: other parts take their place when the bindings change, the scenarios in the
 * same order and at the same paths. A request takes its part once and uses it to the end, so that no request is lost.
 */
export interface BoundParts {
  readonly scenarios: readonly Scenario[];
  readonly login: Login;
}

export type CurrentParts = Current<BoundParts>;
export type CurrentLogin = Pick<Current<Login>, 'current'>;

export function createBoundParts(config: Config, dependencies: ScenarioDependencies): BoundParts {
  return { scenarios: createScenarios(config, dependencies), login: createLogin(config, dependencies) };
}

/** Creates the parts, and creates them anew whenever a file of the configuration changes. @throws {ConfigError} */
export function followBoundParts(
  { files, process: { reloadCheckMs } }: Pick<Config, 'files' | 'process'>,
  dependencies: ScenarioDependencies,
): Followed<BoundParts> {
  return followFiles({
    files,
    intervalMs: reloadCheckMs,
    make: () => createBoundParts(readConfig(), dependencies),
    onReplaced: closeBoundParts,
    logger: dependencies.logger,
  });
}

export function closeBoundParts({ scenarios, login }: BoundParts): void {
  for (const scenario of scenarios) scenario.close();
  login.close();
}

export function scenariosOf(parts: CurrentParts): CurrentScenarios {
  return {
    get current() {
      return parts.current.scenarios;
    },
    get isOutdated() {
      return parts.isOutdated;
    },
  };
}

export function loginPartOf(parts: CurrentParts): CurrentLogin {
  return {
    get current() {
      return parts.current.login;
    },
  };
}
