import type { JSX } from 'preact';
import type { ScenarioResult } from '../scenario';
import type { ClaimRow } from './claims';
import { describeClaims } from './claims';
import { Card } from './card';
import { InfoLabel } from './info-label';
import { Cell, HeaderCell, Table } from './table';

interface ClaimsTableProps {
  readonly result: ScenarioResult;
  readonly now: Date;
}

/** Shows the claims of the token that the backend got, each with one line of explanation; the token itself is never shown. */
export function ClaimsTable({ result, now }: ClaimsTableProps): JSX.Element {
  const rows = describeClaims(result, now);
  const verified = rows.filter((row) => row.verified).length;
  const summary =
    verified === 0
      ? 'Decoded by this app, which does not check the signature; the backend has verified none of them.'
      : `Decoded by this app, which does not check the signature; the backend has verified ${verified} of ${rows.length}.`;
  return (
    <Card id="claims" title="The token’s claims" class="claims" subtitle={summary}>
      <Table
        class="claims-table"
        caption="Claims of the access token that the backend received"
        header={['Claim', 'Value and meaning', 'Checked'].map((text) => (
          <HeaderCell key={text}>{text}</HeaderCell>
        ))}
      >
        {rows.map((row) => (
          <ClaimsTableRow key={row.name} row={row} />
        ))}
      </Table>
    </Card>
  );
}

function ClaimsTableRow({ row }: { readonly row: ClaimRow }): JSX.Element {
  const confirmation = row.name === 'cnf';
  return (
    <tr class={`fd-table__row${confirmation ? ' claim--confirmation' : ''}`} role="row">
      <th class="fd-table__cell claim__name" scope="row" role="rowheader">
        {row.name}
      </th>
      <Cell>
        <span class="claim__value">{row.value}</span>
        {row.reading !== undefined && <span class="claim__reading">{row.reading}</span>}
        <span class="claim__meaning">{row.meaning}</span>
      </Cell>
      <Cell>
        {row.verified ? (
          <InfoLabel tone="verified">verified by the backend</InfoLabel>
        ) : (
          <InfoLabel tone="neutral">decoded by this app</InfoLabel>
        )}
      </Cell>
    </tr>
  );
}
