import type { JSX } from 'preact';
import type { ScenarioResult } from '../scenario';
import { Card } from './card';
import { formatJson } from './format';
import { CodeBlock } from './text';

/** Characters of an answer that a page shows: escaped they can become six times as many bytes, of 300 KB in all. */
const SHOWN = 16_000;

/** Shows what the backend answered, whatever it was: JSON indented, anything else as text. */
export function BackendAnswer({ backend }: { readonly backend: NonNullable<ScenarioResult['backend']> }): JSX.Element {
  const body = formatJson(backend.body);
  return (
    <Card id="answer" title="The backend’s answer" class="answer" subtitle={`Status ${backend.status}`}>
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
