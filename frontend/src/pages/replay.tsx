import type { JSX } from 'preact';
import { listSurprises, type Replay } from '../replay/replay';
import { Card } from './card';
import { shortThumbprint } from './hop-text';
import { MessageStrip } from './message-strip';
import { ReplayForm, type ReplayOffer } from './replay-offer';
import { ReplayStepCard } from './replay-step';
import { renderPage, type ShellModel } from './shell';
import { CodeBlock } from './text';

export interface ReplayModel {
  readonly shell: ShellModel;
  /** Title and path of the scenario whose token it is. */
  readonly title: string;
  readonly path: string;
  readonly replay: Replay;
  readonly offer: ReplayOffer;
}

const TITLE = 'What if it is stolen?';

/** Renders what came of using a token again as a thief would. */
export function renderReplay({ shell, title, path, replay, offer }: ReplayModel): string {
  return renderPage({
    shell,
    title: `${TITLE} ${title}`,
    path,
    header: <ReplayHeader path={path} replay={replay} offer={offer} />,
    children: (
      <>
        <Card id="steps" title="Four ways to use one token" subtitle={`The one that “${title}” has shown`}>
          <ol class="replay">
            {replay.steps.map((step) => (
              <ReplayStepCard key={step.id} step={step} boundTo={replay.boundTo} />
            ))}
          </ol>
        </Card>
        {offer.kind === 'on' && <ReplayAsJson origin={shell.origin} offer={offer} />}
      </>
    ),
  });
}

function ReplayHeader({ path, replay, offer }: Omit<ReplayModel, 'shell' | 'title'>): JSX.Element {
  return (
    <>
      <div class="title-row">
        <h1 class="fd-title fd-title--h3 fd-title--wrap">{TITLE}</h1>
        <div class="title-row__actions">
          <a class="fd-button" href={path}>
            <span class="fd-button__text">Back to the page</span>
          </a>
          {offer.kind === 'on' && <ReplayForm offer={offer} label="Replay again" emphasized />}
        </div>
      </div>
      <div class="messages">
        <Conclusion replay={replay} />
      </div>
    </>
  );
}

/** Says in one sentence what the answers mean. */
function Conclusion({ replay }: { readonly replay: Replay }): JSX.Element {
  const { boundTo, steps } = replay;
  const surprises = listSurprises(replay);
  if (surprises.length > 0) return <Surprise titles={surprises.map(({ title }) => title)} />;
  if (boundTo === undefined)
    return (
      <MessageStrip kind="warning" title="Whoever has this token can use it.">
        <p>It is bound to no certificate, so that a thief’s request looks like that of its owner.</p>
      </MessageStrip>
    );
  const refused = steps.filter(({ expected, result }) => expected === 'refused' && result.kind === 'made').length;
  const omitted = steps.filter(({ result }) => result.kind === 'omitted').length;
  return (
    <MessageStrip kind={omitted === 0 ? 'success' : 'information'} title={concludeFrom(refused)}>
      <p>
        It is bound to the certificate <code>{shortThumbprint(boundTo)}</code>, whose private key a thief of the token
        does not have (RFC 8705, section 3).
        {omitted > 0 && ` ${omitted} of the ${steps.length} steps could not be made here.`}
      </p>
    </MessageStrip>
  );
}

function concludeFrom(refused: number): string {
  if (refused === 0) return 'Nothing was tried that a thief would do.';
  return refused === 1
    ? 'The token was refused the one time it came as a thief would send it.'
    : `The token was refused all ${refused} times it came as a thief would send it.`;
}

function Surprise({ titles }: { readonly titles: readonly string[] }): JSX.Element {
  return (
    <MessageStrip kind="error" title={`Not as it must be: ${titles.join('; ').toLowerCase()}.`}>
      <p>
        A step below came out otherwise than certificate binding demands. If a thief was let in, the backend does not
        enforce the binding there: check its settings <code>CERTIFICATE_ROUTES</code> and{' '}
        <code>ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES</code>.
      </p>
    </MessageStrip>
  );
}

interface ReplayAsJsonProps {
  readonly origin: string | undefined;
  readonly offer: Extract<ReplayOffer, { kind: 'on' }>;
}

/** A client that is no browser chooses cookie and field itself: they only have to be the same. */
function ReplayAsJson({ origin, offer: { action, proof } }: ReplayAsJsonProps): JSX.Element {
  const address = `${origin ?? 'https://<this host>'}${action}`;
  return (
    <Card id="json" title="The same as JSON">
      <p>A client that asks for JSON gets everything that this page shows. Each request replays the token anew.</p>
      <CodeBlock>
        {`PROOF=$(openssl rand -hex 32)
curl -H 'Accept: application/json' -H "Cookie: ${proof.cookie}=$PROOF" -d "${proof.field}=$PROOF" '${address}'`}
      </CodeBlock>
    </Card>
  );
}
