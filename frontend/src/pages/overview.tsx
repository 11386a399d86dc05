import type { JSX } from 'preact';
import type { ScenarioCard as ScenarioCardModel } from '../scenario';
import { Journey } from './journey';
import { JOURNEYS } from './journeys';
import { JsonTwin } from './json-twin';
import { LoginCard, type LoginCardModel } from './login-card';
import { ScenarioCard } from './scenario-card';
import type { ShellModel } from './shell';
import { renderPage } from './shell';

export interface OverviewModel {
  readonly shell: ShellModel;
  readonly cards: readonly ScenarioCardModel[];
  /** Shown where users can log in. */
  readonly login?: LoginCardModel;
  /** The moment that remaining times count from; the present by default. */
  readonly now?: Date;
}

/** Renders the start page: what this is, which scenarios are ready, how a request travels. */
export function renderOverview({ shell, cards, login, now = new Date() }: OverviewModel): string {
  return renderPage({
    shell,
    title: shell.product,
    path: '/',
    header: <OverviewHeader product={shell.product} />,
    children: (
      <>
        <section aria-labelledby="scenarios">
          <h2 class="fd-title fd-title--h4 section-title" id="scenarios">
            Scenarios
          </h2>
          <div class="scenario-cards">
            {cards.map((card) => (
              <ScenarioCard key={card.path} card={card} now={now} />
            ))}
            {shell.account !== undefined && <LoginCard {...login} now={now} />}
          </div>
        </section>
        {cards.map(({ path }) => {
          const journey = JOURNEYS.get(path);
          return journey && <Journey key={path} journey={journey} />;
        })}
        <JsonTwin origin={shell.origin} path="/" />
      </>
    ),
  });
}

function OverviewHeader({ product }: { readonly product: string }): JSX.Element {
  return (
    <>
      <h1 class="fd-title fd-title--h2 fd-title--wrap">{product}</h1>
      <p class="lead">
        Two apps on SAP BTP, Cloud Foundry environment, that show how tokens are fetched with client certificates, what
        binds a token to its certificate, and, call by call, what happens when one app calls the other.
      </p>
    </>
  );
}
