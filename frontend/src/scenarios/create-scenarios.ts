import type { Config } from '../config';
import { createDestinationScenario } from './destination-scenario';
import { createIdentityScenario } from './identity-scenario';
import { createOAuthScenarios } from './oauth-scenarios';
import type { ScenarioDependencies } from './dependencies';
import type { Scenario } from './scenario';

/**
 * Creates the scenarios that this app offers, each ready or saying what to bind or to set: always the same ones in the same
 * order, whatever is bound.
 */
export function createScenarios(config: Config, dependencies: ScenarioDependencies): readonly Scenario[] {
  return [
    createDestinationScenario(config, dependencies),
    createIdentityScenario(config, dependencies),
    ...createOAuthScenarios(config, dependencies),
  ];
}
