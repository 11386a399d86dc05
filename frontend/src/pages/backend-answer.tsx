import { Fragment } from 'preact';
import type { JSX } from 'preact';
import type { ScenarioResult } from '../scenario';
import type { VerifiedFact } from './claims';
import { Card } from './card';
import { formatJson } from './format';
import { CodeBlock } from './text';

/** Characters of an answer that a page shows: escaped they can become six times as many bytes, of 300 KB in all. */
const SHOWN = 16_000;

interface BackendAnswerProps {
  readonly backend: NonNullable<ScenarioResult['backend']>;
  readonly facts: readonly VerifiedFact[];
}

/** Shows what the backend has verified, and its whole answer, whatever it was: JSON indented, anything else as text. */
export function BackendAnswer({ backend, facts }: BackendAnswerProps): JSX.Element {
  const body = formatJson(backend.body);
  return (
    <Card id="answer" title="The backend’s answer" class="answer" subtitle={`Status ${backend.status}`}>
      {facts.length > 0 && <VerifiedFacts facts={facts} />}
      {body === '' ? (
        <p>The answer has no body.</p>
      ) : (
        <CodeBlock label="Body of the backend’s answer">{body.slice(0, SHOWN)}</CodeBlock>
      )}
      {body.length > SHOWN && (
        <p>Shortened: the body has {body.length} characters, and the JSON of this page has them all.</p>
      )}
    </Card>
  );
}

function VerifiedFacts({ facts }: Pick<BackendAnswerProps, 'facts'>): JSX.Element {
  return (
    <>
      <p class="answer__verified">The backend has verified the token, and says that it is about:</p>
      <dl class="facts answer__facts">
        {facts.map(({ label, value }) => (
          <Fragment key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}
