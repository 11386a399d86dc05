import type { ComponentChildren, JSX } from 'preact';

interface TableProps {
  readonly class: string;
  readonly caption: string;
  readonly header: ComponentChildren;
  readonly children: ComponentChildren;
}

/**
 * Shows a table in the look of the design system. The roles repeat what the elements say: small screens lay rows out
 * as blocks, and browsers then no longer take them for a table.
 */
export function Table({ class: name, caption, header, children }: TableProps): JSX.Element {
  return (
    <table class={`fd-table fd-table--no-vertical-borders ${name}`} role="table">
      <caption class="table-caption">{caption}</caption>
      <thead class="fd-table__header" role="rowgroup">
        <tr class="fd-table__row" role="row">
          {header}
        </tr>
      </thead>
      <tbody class="fd-table__body" role="rowgroup">
        {children}
      </tbody>
    </table>
  );
}

export function HeaderCell({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <th class="fd-table__cell" scope="col" role="columnheader">
      {children}
    </th>
  );
}

export function Cell({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <td class="fd-table__cell" role="cell">
      {children}
    </td>
  );
}
