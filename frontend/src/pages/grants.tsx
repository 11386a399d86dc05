import type { JSX } from 'preact';
import type { GrantDescription, GrantRequest, GrantRun } from '../grants/grant';
import { Card } from './card';
import { formatJson } from './format';
import { JsonTwin } from './json-twin';
import { renderPage, type ShellModel } from './shell';
import { Status } from './status';
import { CodeBlock } from './text';

export interface GrantsModel {
  readonly shell: ShellModel;
  readonly grants: readonly GrantDescription[];
  /** The one that this request has run. */
  readonly run: GrantRun | undefined;
  /** Proves the forms to be this app's. */
  readonly proof: { readonly field: string; readonly value: string };
}

/** Renders the four grants side by side, each with its requests, and the answer of the one that was run. */
export function renderGrants({ shell, grants, run, proof }: GrantsModel): string {
  return renderPage({
    shell,
    title: 'The four grants',
    path: '/grants',
    header: (
      <>
        <h1 class="fd-title fd-title--h3 fd-title--wrap">The four grants</h1>
        <p class="lead">
          Four ways to a token of XSUAA, each as one would send it from a REST client. Secrets, codes and tokens are
          masked.
        </p>
      </>
    ),
    children: (
      <>
        <div class="grants">
          {grants.map((grant) => (
            <Grant key={grant.id} grant={grant} run={run?.grant === grant.id ? run : undefined} proof={proof} />
          ))}
        </div>
        <JsonTwin origin={shell.origin} path="/grants" note=" It takes the cookie of the session, too." />
      </>
    ),
  });
}

interface GrantProps {
  readonly grant: GrantDescription;
  readonly run: GrantRun | undefined;
  readonly proof: GrantsModel['proof'];
}

function Grant({ grant, run, proof }: GrantProps): JSX.Element {
  const { id, title, subject, purpose, steps } = grant;
  return (
    <Card id={id} title={title} subtitle={`Whose token: ${subject}`}>
      <p>{purpose}</p>
      {(run === undefined ? steps : [run.request]).map((step) => (
        <Step key={step.url} step={step} />
      ))}
      {run !== undefined && <Answer run={run} />}
      {id === 'authorization-code' ? (
        <p>
          <a class="fd-button fd-button--emphasized" href="/login?return=/grants">
            <span class="fd-button__text">Run it: log in again</span>
          </a>
        </p>
      ) : (
        <form method="post" action={`/grants#${id}`}>
          <input type="hidden" name={proof.field} value={proof.value} />
          <input type="hidden" name="grant" value={id} />
          <button class="fd-button fd-button--emphasized" type="submit">
            <span class="fd-button__text">
              Run it<span class="sr-only">: {title}</span>
            </span>
          </button>
        </form>
      )}
    </Card>
  );
}

function Step({ step }: { readonly step: GrantRequest }): JSX.Element {
  const { method, url, parameters, authentication } = step;
  const lines = parameters.map(([name, value], index) => `${index === 0 ? '' : '&'}${name}=${value}`);
  const shown =
    method === 'GET'
      ? [`GET ${url}?`, ...lines]
      : [`POST ${url}`, 'Content-Type: application/x-www-form-urlencoded', 'Accept: application/json', '', ...lines];
  return (
    <>
      <CodeBlock label={`${method} request`}>{shown.join('\n')}</CodeBlock>
      <p class="step__story">Authenticated by {authentication}.</p>
    </>
  );
}

function Answer({ run }: { readonly run: GrantRun }): JSX.Element {
  const { status, body, claims } = run.response;
  return (
    <>
      <p>
        <Status tone={status === 200 ? 'positive' : 'negative'} text={`XSUAA answered ${status}`} />
      </p>
      <CodeBlock label="The answer">{formatJson(body)}</CodeBlock>
      {claims !== undefined && (
        <>
          <p>The claims of the access token, decoded by this app:</p>
          <CodeBlock label="Claims of the access token">{formatJson(claims)}</CodeBlock>
        </>
      )}
    </>
  );
}
