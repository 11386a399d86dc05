import type { JSX } from 'preact';
import type { ScenarioResult } from '../scenario';
import type { UserAction } from '../user/user-action';
import type { UserPage } from '../user/user-page';
import { Card } from './card';
import { boundThumbprint } from './claims';
import { ClaimsTable } from './claims-table';
import { formatJson, formatMoment, formatRelative } from './format';
import { HopList } from './hop-list';
import { HopTable } from './hop-table';
import { JsonTwin } from './json-twin';
import { MessageStrip } from './message-strip';
import { SequenceLegend } from './sequence-legend';
import { SequencePicture } from './sequence-picture';
import { renderPage, type ShellModel } from './shell';
import { Status } from './status';
import { CodeBlock, Prose } from './text';

export interface UserModel {
  readonly shell: ShellModel;
  readonly user: UserPage;
  /** The moment that remaining times count from; the present by default. */
  readonly now?: Date;
}

/** Renders the page of the user who is logged in: what was done on the user's behalf, and what the token says. */
export function renderUser({ shell, user, now = new Date() }: UserModel): string {
  const result = toResult(user);
  const bound = boundThumbprint(result);
  return renderPage({
    shell,
    title: user.name,
    path: '/user',
    header: <UserHeader user={user} now={now} />,
    children: (
      <>
        <Card id="actions" title="On behalf of the user" subtitle="Each request of this page does all of it anew.">
          <ol class="steps">
            {user.actions.map((action) => (
              <Action key={action.id} action={action} />
            ))}
          </ol>
        </Card>
        <Card id="way" title="The way of this request" class="way">
          <SequencePicture hops={user.hops} bound={bound} />
          <HopList hops={user.hops} bound={bound} />
          <SequenceLegend hops={user.hops} />
          <HopTable hops={user.hops} bound={bound} />
        </Card>
        <ClaimsTable result={result} now={now} />
        <JsonTwin origin={shell.origin} path="/user" note=" It takes the cookie of the session, too." />
      </>
    ),
  });
}

/** What the backend answered verifies the claims. */
function toResult({ hops, token, actions }: UserPage): ScenarioResult {
  const called = actions.find(({ id }) => id === 'backend')?.outcome;
  return { hops, token, ...(called?.kind === 'done' && { backend: { status: 200, body: called.body } }) };
}

function UserHeader({ user, now }: { readonly user: UserPage; readonly now: Date }): JSX.Element {
  const { name, actions, expiresAt, renewsAt } = user;
  const failed = actions.filter(({ outcome }) => outcome.kind !== 'done').length;
  return (
    <>
      <div class="title-row">
        <h1 class="fd-title fd-title--h3 fd-title--wrap user-name">{name}</h1>
        <div class="title-row__actions">
          <a class="fd-button" href="/grants">
            <span class="fd-button__text">The four grants</span>
          </a>
          <a class="fd-button" href="#json">
            <span class="fd-button__text">As JSON</span>
          </a>
          <a class="fd-button fd-button--emphasized" href="/user">
            <span class="fd-button__text">Run again</span>
          </a>
        </div>
      </div>
      <div class="messages">
        <MessageStrip kind="success" title={`You are logged in as ${name}.`}>
          <p>
            The access token ends {formatRelative(new Date(expiresAt), now)}, at {formatMoment(expiresAt)}.{' '}
            {renewsAt === undefined
              ? 'There is no refresh token: then you have to log in again.'
              : `From ${formatMoment(renewsAt)} on, the next request renews it with the refresh token, and you notice nothing.`}
          </p>
        </MessageStrip>
        {failed > 0 && (
          <MessageStrip
            kind="warning"
            title={`${failed} of ${actions.length} things could not be done on behalf of this user.`}
          />
        )}
      </div>
    </>
  );
}

const VERDICTS = {
  done: { tone: 'positive', text: 'Done' },
  failed: { tone: 'negative', text: 'Failed' },
  'not-possible': { tone: 'neutral', text: 'Not possible here' },
} as const;

function Action({ action }: { readonly action: UserAction }): JSX.Element {
  const { id, title, description, outcome } = action;
  return (
    <li class={`step step--${outcome.kind}`} id={id}>
      <div class="step__heading">
        <h3 class="step__title">{title}</h3>
        <Status {...VERDICTS[outcome.kind]} />
      </div>
      <p class="step__story">{description}</p>
      <Outcome outcome={outcome} />
    </li>
  );
}

function Outcome({ outcome }: Pick<UserAction, 'outcome'>): JSX.Element {
  if (outcome.kind !== 'done') {
    const { message, remedy } = outcome.kind === 'failed' ? outcome.failure : outcome;
    return (
      <>
        <p>
          <Prose>{message}</Prose>
        </p>
        <p>
          <b>What to do: </b>
          <Prose>{remedy}</Prose>
        </p>
      </>
    );
  }
  const { summary, claims, body } = outcome;
  return (
    <>
      <p>{summary}</p>
      {(claims ?? body) !== undefined && (
        <details>
          <summary>{claims === undefined ? 'The answer' : 'The claims of this token, decoded by this app'}</summary>
          <CodeBlock>{formatJson(claims ?? body)}</CodeBlock>
        </details>
      )}
    </>
  );
}
