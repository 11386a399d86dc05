import type { JSX } from 'preact';
import type { ScenarioPage, ScenarioResult } from '../scenario';
import { BackendAnswer } from './backend-answer';
import { Card } from './card';
import { CertificateCard, judgeBinding } from './certificate-card';
import { boundThumbprint, listVerifiedFacts } from './claims';
import { ClaimsTable } from './claims-table';
import { HopList } from './hop-list';
import { HopTable } from './hop-table';
import { JsonTwin } from './json-twin';
import type { ReplayOffer } from './replay-offer';
import { ResultMessages } from './result-messages';
import { SequenceLegend } from './sequence-legend';
import { SequencePicture } from './sequence-picture';
import type { ShellModel } from './shell';
import { renderPage } from './shell';
import { StolenToken } from './stolen-token';
import { TokenComparison } from './token-comparison';

export interface ScenarioModel extends ScenarioPage {
  readonly shell: ShellModel;
  readonly result: ScenarioResult;
  /** Absent where there is nothing to replay. */
  readonly replay?: ReplayOffer;
  /** The moment that remaining times count from; the present by default. */
  readonly now?: Date;
}

/** Renders the page of a scenario after a run, whether it succeeded or failed. */
export function renderScenario(model: ScenarioModel): string {
  const { shell, title, path, parent, revocation, result, replay, now = new Date() } = model;
  return renderPage({
    shell,
    title: result.error === undefined ? title : `${title}: failed`,
    path: parent?.path ?? path,
    header: <ScenarioHeader title={title} path={path} parent={parent} result={result} />,
    children: (
      <>
        {result.comparison && <TokenComparison tokens={result.comparison} current={path} now={now} />}
        {result.hops.length > 0 && <Way result={result} />}
        <Evidence result={result} now={now} />
        <div class="pair">
          {result.token !== undefined && (
            <StolenToken result={result} revocation={revocation} replay={replay} now={now} />
          )}
          <JsonTwin origin={shell.origin} path={path} note=" Each request runs the scenario anew." />
        </div>
      </>
    ),
  });
}

type ScenarioHeaderProps = Pick<ScenarioModel, 'title' | 'path' | 'result'> & {
  readonly parent: ScenarioModel['parent'];
};

function ScenarioHeader({ title, path, parent, result }: ScenarioHeaderProps): JSX.Element {
  return (
    <>
      <div class="title-row">
        <h1 class="fd-title fd-title--h3 fd-title--wrap">{title}</h1>
        <div class="title-row__actions">
          {parent && (
            <a class="fd-button" href={parent.path}>
              <span class="fd-button__text">{parent.title}</span>
            </a>
          )}
          <a class="fd-button" href="#json">
            <span class="fd-button__text">As JSON</span>
          </a>
          <a class="fd-button fd-button--emphasized" href={path}>
            <span class="fd-button__text">Run again</span>
          </a>
        </div>
      </div>
      <ResultMessages result={result} />
    </>
  );
}

function Way({ result }: { readonly result: ScenarioResult }): JSX.Element {
  const { hops } = result;
  const bound = boundThumbprint(result);
  return (
    <Card id="way" title="The way of this request" class="way">
      <SequencePicture hops={hops} bound={bound} />
      <HopList hops={hops} bound={bound} />
      <SequenceLegend hops={hops} />
      <HopTable hops={hops} bound={bound} />
    </Card>
  );
}

function Evidence({ result, now }: { readonly result: ScenarioResult; readonly now: Date }): JSX.Element | null {
  const { token, certificate, backend } = result;
  if (token === undefined && backend === undefined) return null;
  return (
    <div class={`evidence evidence--${judgeBinding(result)}`}>
      {token !== undefined && <ClaimsTable result={result} now={now} />}
      {token !== undefined && (certificate !== undefined || boundThumbprint(result) !== undefined) && (
        <CertificateCard result={result} now={now} />
      )}
      {backend !== undefined && <BackendAnswer backend={backend} facts={listVerifiedFacts(result)} />}
    </div>
  );
}
