import type { TokenIssuer } from '../access';
import { millisecondsSince } from '../hop-outcome';
import type { Hop } from '../hops';
import type { ScenarioCard, ScenarioResult } from '../scenario';

interface Arrival {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly status: number;
  /** As `performance.now()` tells it. */
  readonly started: number;
}

/** The request of the browser; its answer's status and all its time are known when the result is put together. */
export function arrivalHop({ method = 'GET', path, status, started }: Arrival): Hop {
  return {
    from: 'browser',
    to: 'frontend',
    method,
    path,
    purpose: 'request of this page',
    authentication: { kind: 'none' },
    status,
    durationMs: millisecondsSince(started),
    cache: 'none',
    observed: true,
  };
}

/** The backend checks the token with the issuer's keys, which it keeps: this app cannot see whether it fetched them now. */
export function keysHop({ party, keysPath }: TokenIssuer): Hop {
  return {
    from: 'backend',
    to: party,
    method: 'GET',
    path: keysPath,
    purpose: "keys that check the token's signature",
    authentication: { kind: 'none' },
    cache: 'none',
    observed: false,
  };
}

export interface TimedResult {
  readonly result: ScenarioResult;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The last line of a scenario's card. */
export function summarize({
  result: { error, backend },
  at: ended,
}: TimedResult): NonNullable<ScenarioCard['lastResult']> {
  const at = new Date(ended).toISOString();
  if (error !== undefined) return { ok: false, at, summary: error.message };
  return { ok: true, at, summary: `The backend answered ${backend?.status ?? ''}`.trim() };
}
