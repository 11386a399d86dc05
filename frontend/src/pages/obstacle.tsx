import type { JSX } from 'preact';
import type { ScenarioCard } from '../scenario';
import { Prose } from './text';

/** Says what keeps a scenario from running, and what to do; nothing for one that is ready. */
export function Obstacle({ state }: Pick<ScenarioCard, 'state'>): JSX.Element | null {
  if (state.kind === 'ready') return null;
  const isBound = state.kind === 'not-configured';
  return (
    <>
      {isBound && (
        <p class="scenario-card__bind">
          <Prose>{state.problem}</Prose>
        </p>
      )}
      <p class="scenario-card__bind">
        <b>{isBound ? 'What to do: ' : 'What to bind: '}</b>
        <Prose>{isBound ? state.remedy : state.bind}</Prose>
      </p>
    </>
  );
}
