import type { JSX } from 'preact';
import { Card } from './card';
import { CodeBlock } from './text';

interface JsonTwinProps {
  readonly origin: string | undefined;
  readonly path: string;
  readonly note?: string;
}

/** Shows how to get the data of a page as JSON: every page has that twin by its `Accept` header. */
export function JsonTwin({ origin, path, note = '' }: JsonTwinProps): JSX.Element {
  const address = `${origin ?? 'https://<this host>'}${path}`;
  return (
    <Card id="json" title="The same as JSON">
      <p>A client that asks for JSON gets everything that this page shows.{note}</p>
      <CodeBlock>{`curl -H 'Accept: application/json' ${/[<>&?$]/.test(address) ? `'${address}'` : address}`}</CodeBlock>
    </Card>
  );
}
