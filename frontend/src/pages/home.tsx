import type { JSX } from 'preact';
import type { ComparedToken } from '../scenario';
import { Card } from './card';
import { Journey } from './journey';
import { JOURNEYS } from './journeys';
import { JsonTwin } from './json-twin';
import { ReplayChoices, type ReplayChoice } from './replay-offer';
import type { ShellModel } from './shell';
import { renderPage } from './shell';
import { TokenComparison } from './token-comparison';

export interface HomeModel {
  readonly shell: ShellModel;
  readonly path: string;
  readonly title: string;
  readonly comparison: readonly ComparedToken[];
  /** The tokens that can be replayed. */
  readonly replays: readonly ReplayChoice[];
  /** The moment that remaining times count from; the present by default. */
  readonly now?: Date;
}

/** Renders the page where both ways to a token of an authorization server begin. */
export function renderHome(model: HomeModel): string {
  const { shell, path, title, comparison, replays, now = new Date() } = model;
  const journey = JOURNEYS.get(path);
  return renderPage({
    shell,
    title,
    path,
    header: <HomeHeader title={title} />,
    children: (
      <>
        <TokenComparison tokens={comparison} current={path} now={now} />
        {replays.length > 0 && (
          <Card id="stolen" title="What if it is stolen?">
            <ReplayChoices choices={replays} />
          </Card>
        )}
        {journey && <Journey journey={journey} />}
        <JsonTwin origin={shell.origin} path={path} note=" It calls nobody; the pages behind the buttons do." />
      </>
    ),
  });
}

function HomeHeader({ title }: { readonly title: string }): JSX.Element {
  return (
    <>
      <h1 class="fd-title fd-title--h3 fd-title--wrap">{title}</h1>
      <p class="lead">
        An authorization server of no particular vendor issues two tokens to this app: one for a client secret, and one
        over mutual TLS, which it binds to the client’s certificate. Get both, compare them, and see what the backend
        says to each.
      </p>
    </>
  );
}
