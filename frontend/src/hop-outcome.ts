import type { Hop } from './hops';
import { UpstreamError } from './upstream/upstream';

/** What is known of a hop before it is made. */
export type HopDraft = Pick<Hop, 'from' | 'to' | 'method' | 'path' | 'purpose' | 'authentication'>;

export type HopOutcome<T> =
  | { readonly ok: true; readonly hop: Hop; readonly value: T }
  | { readonly ok: false; readonly hop: Hop; readonly error: UpstreamError };

/** Makes a call and measures it; a failed call becomes a hop with its failure. Other errors are bugs and pass through. */
export async function measureHop<T>(
  draft: HopDraft,
  call: () => Promise<{ readonly status: number; readonly value: T }>,
): Promise<HopOutcome<T>> {
  const started = performance.now();
  const measured = () => ({ ...draft, durationMs: millisecondsSince(started), cache: 'none', observed: true }) as const;
  try {
    const { status, value } = await call();
    return { ok: true, hop: { ...measured(), status }, value };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { ok: false, hop: failedHop(measured(), error), error };
  }
}

/** The hop with the failure, and with the upstream's status where it answered. */
export function failedHop(hop: Hop, error: UpstreamError): Hop {
  const { upstreamStatus } = error;
  return { ...hop, ...(upstreamStatus !== undefined && { status: upstreamStatus }), failure: error.toFailure() };
}

/** The hop as a later request shows it that was spared it: without status and duration, since nothing was sent. */
export function cachedHop({ status: _status, durationMs: _durationMs, failure: _failure, ...hop }: Hop): Hop {
  return { ...hop, cache: 'hit' };
}

/** The hop as a request shows it that a cache served because the refresh failed. */
export function staleHop(hop: Hop, error: UpstreamError): Hop {
  return { ...failedHop(cachedHop(hop), error), cache: 'stale' };
}

/** Rounded to a tenth of a millisecond. */
export function millisecondsSince(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10;
}
