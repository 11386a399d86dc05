import { ScenarioFailedError, type FailedRun } from '../errors';
import type { Replay } from '../replay/replay';
import type { ScenarioCard, ScenarioDescription, ScenarioError, UsedCertificate } from '../scenario';
import type { Scenario, ScenarioRun } from './scenario';
import { arrivalHop, summarize, type TimedResult } from './way';

/** What keeps a scenario from running until somebody changes the deployment. */
export interface Obstacle extends Pick<ScenarioError, 'code' | 'message' | 'remedy' | 'hop'> {
  readonly kind: Exclude<ScenarioCard['state']['kind'], 'ready'>;
}

const STATUS = 503;

/** Stands in for a scenario that cannot run: its card and its page say what to bind or to set. */
export class UnavailableScenario implements Scenario {
  readonly page: ScenarioDescription;
  readonly #obstacle: Obstacle;
  #last: TimedResult | undefined;

  constructor(description: ScenarioDescription, obstacle: Obstacle) {
    this.page = description;
    this.#obstacle = obstacle;
  }

  run(): Promise<ScenarioRun> {
    return Promise.resolve({ result: this.#fail('GET', this.page.path) });
  }

  replay(path: string): Promise<Replay> {
    return Promise.reject(new ScenarioFailedError({ ...this.page, result: this.#fail('POST', path) }));
  }

  card(): ScenarioCard {
    const { path, title, description } = this.page;
    const { kind, message, remedy } = this.#obstacle;
    return {
      path,
      title,
      description,
      state: kind === 'not-bound' ? { kind, bind: remedy } : { kind, problem: message, remedy },
      ...(this.#last && { lastResult: summarize(this.#last) }),
    };
  }

  certificates(): readonly UsedCertificate[] {
    return [];
  }

  close(): void {
    // It keeps no connection.
  }

  #fail(method: 'GET' | 'POST', path: string): FailedRun['result'] {
    const { code, message, remedy, hop } = this.#obstacle;
    const result = {
      hops: [arrivalHop({ method, path, status: STATUS, started: performance.now() })],
      error: { code, message, remedy, hop, status: STATUS },
    } as const;
    this.#last = { result, at: Date.now() };
    return result;
  }
}
