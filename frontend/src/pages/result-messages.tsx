import type { JSX } from 'preact';
import type { Hop } from '../hops';
import type { ScenarioError, ScenarioResult } from '../scenario';
import { formatDuration, hopState, partyName } from './hop-text';
import { MessageStrip } from './message-strip';
import { Prose } from './text';

/** Says in one sentence how the request ended, and separately what is unusual about it or was answered from a cache out of need. */
export function ResultMessages({ result }: { readonly result: ScenarioResult }): JSX.Element {
  const numbered = result.hops.map((hop, index) => ({ hop, number: index + 1 }));
  return (
    <div class="messages">
      {result.error === undefined ? <Success result={result} /> : <Failure error={result.error} hops={result.hops} />}
      {result.notes?.map(({ code, message, reason }) => (
        <MessageStrip key={code} kind="information" title={message}>
          <p>
            <Prose>{reason}</Prose>
          </p>
        </MessageStrip>
      ))}
      {numbered
        .filter(({ hop }) => hopState(hop) === 'stale')
        .map(({ hop, number }) => (
          <StaleAnswer key={number} hop={hop} number={number} />
        ))}
    </div>
  );
}

function Success({ result }: { readonly result: ScenarioResult }): JSX.Element {
  const answer = backendMessage(result);
  const status = result.backend === undefined ? '' : ` with ${result.backend.status}`;
  const whole = result.hops[0]?.durationMs;
  const measured = result.hops.filter((hop) => hop.observed && hop.cache === 'none' && hop.from === 'frontend').length;
  return (
    <MessageStrip kind="success" title={`The backend answered${status}${answer === undefined ? '.' : `: ${answer}`}`}>
      <p>
        {measured === 0
          ? 'No call of this app was needed'
          : `This app made ${measured} ${measured === 1 ? 'call' : 'calls'}`}
        {whole === undefined ? '' : `, ${formatDuration(whole)} in all`}.
      </p>
    </MessageStrip>
  );
}

function Failure({ error, hops }: { readonly error: ScenarioError; readonly hops: readonly Hop[] }): JSX.Element {
  const index = hops.findIndex(
    (hop) => hopState(hop) === 'failed' && hop.from === error.hop.from && hop.to === error.hop.to,
  );
  const way = `${partyName(error.hop.from)} to ${partyName(error.hop.to)}`;
  return (
    <MessageStrip kind="error" title={index === -1 ? `Failed: ${way}` : `Call ${index + 1} failed: ${way}`}>
      <p>
        <Prose>{error.message}</Prose>
      </p>
      <p>
        <b>What to do: </b>
        <Prose>{error.remedy}</Prose>
      </p>
      <p class="message-code">
        <code>{error.code}</code>, answered with {error.status}
      </p>
    </MessageStrip>
  );
}

function StaleAnswer({ hop, number }: { readonly hop: Hop; readonly number: number }): JSX.Element {
  return (
    <MessageStrip
      kind="warning"
      title={`Call ${number}, ${partyName(hop.from)} to ${partyName(hop.to)}: from cache, refresh failed`}
    >
      {hop.failure !== undefined && (
        <p>
          <Prose>{hop.failure.message}</Prose> <Prose>{hop.failure.remedy}</Prose>
        </p>
      )}
    </MessageStrip>
  );
}

/** Only what is a sentence is quoted: a whole document stands under the backend's answer. */
function backendMessage({ backend }: ScenarioResult): string | undefined {
  const body = backend?.body;
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : body;
  return typeof message === 'string' && message.length > 0 && message.length <= 200 ? message : undefined;
}
