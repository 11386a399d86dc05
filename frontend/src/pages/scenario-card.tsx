import type { JSX } from 'preact';
import type { ScenarioCard as ScenarioCardModel } from '../scenario';
import { CertificateStatus } from './certificate-status';
import { formatMoment, formatRelative } from './format';
import { Status } from './status';
import { Obstacle } from './obstacle';

const STATES: Readonly<Record<ScenarioCardModel['state']['kind'], string>> = {
  ready: 'Ready',
  'not-bound': 'Not bound',
  'not-configured': 'Not configured',
};

interface ScenarioCardProps {
  readonly card: ScenarioCardModel;
  readonly now: Date;
}

/** Shows a scenario on the start page: what it does, whether it can run, how it last ended, and one action. */
export function ScenarioCard({ card, now }: ScenarioCardProps): JSX.Element {
  const id = `scenario-${card.path.replaceAll(/[^a-z0-9]+/gi, '-').replace(/^-/, '')}`;
  const ready = card.state.kind === 'ready';
  return (
    <article class={`fd-card scenario-card scenario-card--${card.state.kind}`} aria-labelledby={id}>
      <div class="fd-card__header">
        <div class="fd-card__header-main scenario-card__header">
          <h3 class="fd-card__title" id={id}>
            {card.title}
          </h3>
          <Status tone={card.state.kind === 'ready' ? 'positive' : 'critical'} text={STATES[card.state.kind]} />
        </div>
      </div>
      <div class="fd-card__content scenario-card__content">
        <p class="scenario-card__description">{card.description}</p>
        <Obstacle state={card.state} />
        <CardFacts card={card} now={now} />
        <a class={ready ? 'fd-button fd-button--emphasized' : 'fd-button'} href={card.path}>
          <span class="fd-button__text">
            {ready ? 'Run' : 'See what is missing'}
            <span class="sr-only">: {card.title}</span>
          </span>
        </a>
      </div>
    </article>
  );
}

function CardFacts({ card, now }: ScenarioCardProps): JSX.Element | null {
  const { certificateNotAfter: notAfter, lastResult } = card;
  if (notAfter === undefined && lastResult === undefined) return null;
  return (
    <dl class="facts scenario-card__facts">
      {notAfter !== undefined && (
        <>
          <dt>Certificate</dt>
          <dd>
            <CertificateStatus notAfter={notAfter} now={now} />
          </dd>
        </>
      )}
      {lastResult !== undefined && (
        <>
          <dt>Last result</dt>
          <dd>
            <Status tone={lastResult.ok ? 'positive' : 'negative'} text={lastResult.summary} />
            <time class="scenario-card__when" dateTime={lastResult.at} title={formatMoment(lastResult.at)}>
              {formatRelative(new Date(lastResult.at), now)}
            </time>
          </dd>
        </>
      )}
    </dl>
  );
}
