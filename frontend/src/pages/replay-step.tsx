import type { ComponentChildren, JSX } from 'preact';
import type { MadeStep, OmittedStep, ReplayAnswer, ReplayRequest, ReplayStep } from '../replay/replay';
import { DistinguishedName } from './distinguished-name';
import { Thumbprint } from './hop-list';
import { formatDuration } from './hop-text';
import { Status } from './status';
import { CodeBlock, Prose } from './text';

interface ReplayStepProps {
  readonly step: ReplayStep;
  /** Thumbprint of the certificate that the token is bound to. */
  readonly boundTo: string | undefined;
}

/** Shows one use of the token: what was sent, what was answered, and whether that is as it must be. */
export function ReplayStepCard({ step, boundTo }: ReplayStepProps): JSX.Element {
  const { id, title, story, result } = step;
  const verdict = judge(step);
  return (
    <li class={`step replay__step replay__step--${verdict.tone}`} id={id}>
      <div class="step__heading">
        <h3 class="step__title">{title}</h3>
        <Status {...verdict} />
      </div>
      <p class="step__story">{story}</p>
      {result.kind === 'made' ? <Made result={result} boundTo={boundTo} /> : <Omitted result={result} />}
    </li>
  );
}

interface Verdict {
  readonly tone: 'positive' | 'critical' | 'negative' | 'neutral';
  readonly text: string;
}

function judge({ id, expected, result }: ReplayStep): Verdict {
  if (result.kind === 'omitted') return { tone: 'neutral', text: 'Not made' };
  const { answer, asExpected } = result;
  const status = answer.kind === 'answered' ? String(answer.status) : 'No answer';
  if (asExpected && expected === 'accepted' && id !== 'own-certificate')
    return { tone: 'critical', text: `${status}, accepted from a thief` };
  if (asExpected) return { tone: 'positive', text: `${status}, ${expected}` };
  return { tone: 'negative', text: `${status}, but must be ${expected}` };
}

function Made({ result, boundTo }: { readonly result: MadeStep; readonly boundTo: string | undefined }): JSX.Element {
  const { request, answer } = result;
  return (
    <dl class="facts">
      <Fact name="Request">
        <b>{request.method}</b> {request.url}
      </Fact>
      <Fact name="Sent along">
        <Presented request={request} boundTo={boundTo} />
      </Fact>
      {answer.kind === 'answered' && <Answer answer={answer} />}
      <Fact name={answer.kind === 'answered' ? 'Reason, in the words of the answer' : 'Why no answer came'}>
        {answer.reason}
      </Fact>
    </dl>
  );
}

function Presented({ request, boundTo }: { readonly request: ReplayRequest; readonly boundTo: string | undefined }) {
  const { certificate, headers } = request;
  return (
    <ul class="replay__presented">
      <li>
        <code>Authorization: Bearer …</code>, the token of the page
      </li>
      {certificate === undefined ? (
        <li>no client certificate</li>
      ) : (
        <li>
          client certificate <Thumbprint value={certificate['x5t#S256']} bound={boundTo} /> in the handshake:{' '}
          <DistinguishedName name={certificate.subject} />
        </li>
      )}
      {Object.entries(headers ?? {}).map(([name, value]) => (
        <li key={name}>
          <code>
            {name}: {value}
          </code>
        </li>
      ))}
    </ul>
  );
}

/** The reason stands right below, so that the challenge need not repeat it. */
function Answer({ answer }: { readonly answer: Extract<ReplayAnswer, { kind: 'answered' }> }): JSX.Element {
  const { status, challenge, reason, durationMs } = answer;
  return (
    <Fact name={`Answer, after ${formatDuration(durationMs)}`}>
      <CodeBlock>
        {challenge === undefined
          ? String(status)
          : `${status}\nWWW-Authenticate: ${challenge.replace(`"${reason}"`, '"…"')}`}
      </CodeBlock>
    </Fact>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Omitted({ result: { reason, remedy } }: { readonly result: OmittedStep }): JSX.Element {
  return (
    <p>
      <Prose>{reason}</Prose> <b>What to do: </b>
      <Prose>{remedy}</Prose>
    </p>
  );
}
