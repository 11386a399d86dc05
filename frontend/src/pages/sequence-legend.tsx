import type { JSX } from 'preact';
import type { Hop } from '../hops';
import type { HopState } from './hop-text';
import { certificateOf, hopState } from './hop-text';
import { LockShape } from './icons';

const MEANINGS: ReadonlyArray<{ readonly state: HopState; readonly text: string }> = [
  { state: 'done', text: 'measured by this app' },
  { state: 'unseen', text: 'not observed: out of this app’s sight' },
  { state: 'cached', text: 'answered from the cache' },
  { state: 'stale', text: 'from the cache, refresh failed' },
  { state: 'failed', text: 'failed' },
];

/** Explains the kinds of line that the picture has, and no other. */
export function SequenceLegend({ hops }: { readonly hops: readonly Hop[] }): JSX.Element {
  const states = new Set(hops.map(hopState));
  const locked = hops.some((hop) => certificateOf(hop.authentication) !== undefined);
  return (
    <ul class="legend" aria-label="What the lines mean">
      {MEANINGS.filter(({ state }) => states.has(state)).map(({ state, text }) => (
        <li key={state} class="legend__item">
          <svg
            class={`arrow arrow--${state}${state === 'unseen' ? ' arrow--unobserved' : ''}`}
            width="34"
            height="10"
            aria-hidden="true"
          >
            <line class="arrow__line" x1="1" y1="5" x2="25" y2="5" />
            <path class="arrow__head" d="M33 5l-9 -4.5v9z" />
          </svg>
          {text}
        </li>
      ))}
      {locked && (
        <li class="legend__item">
          <svg class="lock-pill" width="14" height="14" aria-hidden="true">
            <LockShape x={0} y={0} size={14} />
          </svg>
          client certificate in the TLS handshake, with the beginning of its thumbprint
        </li>
      )}
    </ul>
  );
}
