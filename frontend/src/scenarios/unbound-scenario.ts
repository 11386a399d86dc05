import { millisecondsSince } from '../hop-outcome';
import type { ScenarioCard, ScenarioResult } from '../scenario';
import type { Scenario, ScenarioRun } from './scenario';
import { arrivalHop, destinationScenario, summarize } from './describe';

/** Stands in for the destination scenario while no Destination Service is bound: says what to bind. */
export class UnboundScenario implements Scenario {
  readonly path = destinationScenario.path;
  readonly title = destinationScenario.title;
  readonly #bind: string;
  #lastResult: ScenarioCard['lastResult'];

  constructor(appName: string) {
    this.#bind =
      `Create and bind an instance of the Destination Service: \`cf create-service destination lite mtlsDestination\`, ` +
      `\`cf bind-service ${appName} mtlsDestination\`, \`cf restage ${appName}\`.`;
  }

  run(): Promise<ScenarioRun> {
    const started = performance.now();
    const status = 503;
    const result: ScenarioResult = {
      hops: [arrivalHop(this.path, status, millisecondsSince(started))],
      error: {
        code: 'destination-service-not-bound',
        message: 'No instance of the Destination Service is bound to this app, so it cannot ask for the destination.',
        remedy: this.#bind,
        hop: { from: 'frontend', to: 'destination-service' },
        status,
      },
    };
    this.#lastResult = summarize(result);
    return Promise.resolve({ result });
  }

  card(): ScenarioCard {
    return {
      ...destinationScenario,
      state: { kind: 'not-bound', bind: this.#bind },
      ...(this.#lastResult && { lastResult: this.#lastResult }),
    };
  }

  close(): void {
    // It keeps no connection.
  }
}
