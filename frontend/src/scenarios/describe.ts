import type { Hop } from '../hops';
import type { ScenarioCard, ScenarioResult } from '../scenario';

/** How the pages name the scenario of the first tutorial. */
export const destinationScenario = {
  path: '/app',
  title: 'XSUAA and Destination Service',
  description:
    'Calls the backend with a token that the Destination Service fetches from XSUAA over mutual TLS, with the keystore ' +
    'uploaded to it. The token is bound to the certificate in that keystore.',
} as const;

/** The request of the browser; its answer's status and all its time are known when the result is put together. */
export function arrivalHop(path: string, status: number, durationMs: number): Hop {
  return {
    from: 'browser',
    to: 'frontend',
    method: 'GET',
    path,
    purpose: 'request of this page',
    authentication: { kind: 'none' },
    status,
    durationMs,
    cache: 'none',
    observed: true,
  };
}

/** The last line of a scenario's card. */
export function summarize({ error, backend }: ScenarioResult): NonNullable<ScenarioCard['lastResult']> {
  const at = new Date().toISOString();
  if (error !== undefined) return { ok: false, at, summary: error.message };
  return { ok: true, at, summary: `The backend answered ${backend?.status ?? ''}`.trim() };
}
