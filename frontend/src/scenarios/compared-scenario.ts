import type { Replay } from '../replay/replay';
import type { ComparedToken, ScenarioCard, ScenarioPage, ScenarioResult, UsedCertificate } from '../scenario';
import type { Scenario, ScenarioRun } from './scenario';

interface ComparedScenarioOptions {
  readonly inner: Scenario;
  /** What it fetches, e.g. `Access token`. */
  readonly title: string;
  /** What the button for it says. */
  readonly action: string;
  /** All that are compared, in their order; filled by `compareScenarios`. */
  readonly peers: readonly ComparedScenario[];
}

/**
 * A scenario whose token is shown beside those of others. Each remembers its last token's claims and the backend's answer;
 * tokens of the app itself, not of a user, so whoever looks may see them.
 */
export class ComparedScenario implements Scenario {
  readonly #options: ComparedScenarioOptions;
  #last: ComparedToken['last'];

  constructor(options: ComparedScenarioOptions) {
    this.#options = options;
  }

  get page(): ScenarioPage {
    return this.#options.inner.page;
  }

  async run(): Promise<ScenarioRun> {
    const { inner, peers } = this.#options;
    const { result, ...rest } = await inner.run();
    this.#last = describeLast(result);
    return { ...rest, result: { ...result, comparison: peers.map((peer) => peer.describe()) } };
  }

  replay(path: string): Promise<Replay> {
    return this.#options.inner.replay(path);
  }

  card(): ScenarioCard {
    return this.#options.inner.card();
  }

  certificates(): readonly UsedCertificate[] {
    return this.#options.inner.certificates();
  }

  close(): void {
    this.#options.inner.close();
  }

  describe(): ComparedToken {
    const { inner, title, action } = this.#options;
    const { state, path } = inner.card();
    if (this.#last !== undefined && hasEnded(this.#last.claims, Date.now())) this.#last = undefined;
    return { path, title, action, state, ...(this.#last && { last: this.#last }) };
  }
}

type Member = Omit<ComparedScenarioOptions, 'peers'>;

/** Lets scenarios show their tokens beside each other, in this order. */
export function compareScenarios(members: readonly Member[]): readonly ComparedScenario[] {
  const peers: ComparedScenario[] = [];
  peers.push(...members.map((member) => new ComparedScenario({ ...member, peers })));
  return peers;
}

function describeLast({ token, backend }: ScenarioResult): ComparedToken['last'] {
  if (token === undefined || backend === undefined) return undefined;
  return { at: new Date().toISOString(), claims: token.claims, backend };
}

/** Seconds since 1970; what has expired proves nothing any more. */
function hasEnded({ exp }: Readonly<Record<string, unknown>>, now: number): boolean {
  return typeof exp === 'number' && exp * 1000 <= now;
}
