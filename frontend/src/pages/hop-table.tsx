import type { JSX } from 'preact';
import type { Hop } from '../hops';
import { authenticationText, certificateOf, formatDuration, hopState, answeredBy, partyName } from './hop-text';
import { Thumbprint } from './hop-list';
import { Cell, HeaderCell, Table } from './table';
import { Path } from './text';

/** Shows the hops as a table: the same as the picture, with whole paths and what each call was for. */
export function HopTable({
  hops,
  bound,
}: {
  readonly hops: readonly Hop[];
  readonly bound?: string | undefined;
}): JSX.Element {
  return (
    <Table
      class="hop-table"
      caption="The same calls as a table"
      header={['No.', 'From, to', 'Request and purpose', 'Authenticated by', 'Status', 'Duration', 'Answered by'].map(
        (text) => (
          <HeaderCell key={text}>{text}</HeaderCell>
        ),
      )}
    >
      {hops.map((hop, index) => (
        <tr key={index} class={`fd-table__row hop-row--${hopState(hop)}`} role="row">
          <Cell>{index + 1}</Cell>
          <Cell>
            {partyName(hop.from)} <span aria-hidden="true">→</span>
            <span class="sr-only"> to </span> {partyName(hop.to)}
          </Cell>
          <Cell>
            <span class="hop-row__request">
              <b>{hop.method}</b> <Path>{hop.path}</Path>
            </span>
            <span class="hop-row__purpose">{hop.purpose}</span>
          </Cell>
          <Cell>
            <AuthenticatedBy hop={hop} bound={bound} />
          </Cell>
          <Cell>{hop.status ?? <Absent />}</Cell>
          <Cell>{hop.durationMs === undefined ? <Absent /> : formatDuration(hop.durationMs)}</Cell>
          <Cell>
            <Answer hop={hop} />
          </Cell>
        </tr>
      ))}
    </Table>
  );
}

function AuthenticatedBy({ hop, bound }: { readonly hop: Hop; readonly bound: string | undefined }): JSX.Element {
  const certificate = certificateOf(hop.authentication);
  return (
    <>
      {authenticationText(hop.authentication)}{' '}
      {certificate !== undefined && <Thumbprint value={certificate} bound={bound} />}
    </>
  );
}

function Answer({ hop }: { readonly hop: Hop }): JSX.Element {
  if (hopState(hop) === 'failed') return <span class="hop-row__failed">failed: {hop.failure?.code}</span>;
  const origin = answeredBy(hop);
  return <>{origin === '' ? 'the service' : origin.replace(/^from /, '')}</>;
}

function Absent(): JSX.Element {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span class="sr-only">unknown</span>
    </>
  );
}
