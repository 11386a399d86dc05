import type { ComparedToken, ScenarioCard } from '../scenario';
import { ComparedScenario } from './compared-scenario';
import type { Scenario } from './scenario';

/** The page of the authorization server of any vendor, from which both ways to a token start. */
export const HOME = { path: '/home', title: 'Any OAuth server (RFC 8705)' } as const;

const DESCRIPTION =
  'Fetches two tokens from an authorization server of any vendor, one with a client secret and one over mutual TLS, shows ' +
  'them side by side, and calls the backend with each. Only the second is bound to a certificate.';

/** What the start page and the navigation list. */
export interface ScenarioEntry {
  readonly path: string;
  readonly title: string;
  readonly card: () => ScenarioCard;
}

/** Lists what has an entry of its own: scenarios that are reached from another page stand under that. */
export function listEntries(scenarios: readonly Scenario[]): readonly ScenarioEntry[] {
  const own = scenarios
    .filter(({ page }) => page.parent === undefined)
    .map((scenario) => ({ path: scenario.page.path, title: scenario.page.title, card: () => scenario.card() }));
  const compared = comparedScenarios(scenarios);
  return compared.length === 0 ? own : [...own, { ...HOME, card: () => createHomeCard(compared) }];
}

/** The tokens that the page compares. */
export function describeComparison(scenarios: readonly Scenario[]): readonly ComparedToken[] {
  return comparedScenarios(scenarios).map((scenario) => scenario.describe());
}

function comparedScenarios(scenarios: readonly Scenario[]): readonly ComparedScenario[] {
  return scenarios.filter((scenario) => scenario instanceof ComparedScenario);
}

function createHomeCard(scenarios: readonly ComparedScenario[]): ScenarioCard {
  const cards = scenarios.map((scenario) => scenario.card());
  const ends = cards.flatMap(({ certificateNotAfter }) => certificateNotAfter ?? []);
  const results = cards
    .flatMap(({ lastResult }) => lastResult ?? [])
    .sort((one, other) => one.at.localeCompare(other.at));
  const [notAfter, lastResult] = [ends[0], results.at(-1)];
  return {
    ...HOME,
    description: DESCRIPTION,
    state: summarizeStates(cards),
    ...(notAfter !== undefined && { certificateNotAfter: notAfter }),
    ...(lastResult && { lastResult }),
  };
}

/** With one of both ways there is nothing to compare. */
function summarizeStates(cards: readonly ScenarioCard[]): ScenarioCard['state'] {
  const obstructed = cards.filter(({ state }) => state.kind !== 'ready');
  const [first] = obstructed;
  if (first === undefined || first.state.kind === 'ready') return { kind: 'ready' };
  if (obstructed.length === cards.length) return first.state;
  const remedy = first.state.kind === 'not-bound' ? first.state.bind : first.state.remedy;
  return { kind: 'not-configured', problem: `Only one of two works; the other one is: ${first.title}.`, remedy };
}
