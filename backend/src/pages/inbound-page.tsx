import type { VNode } from 'preact';
import { Page } from './page';

export interface CallerDescription {
  readonly name: string;
  readonly roles: readonly string[];
  readonly knownBy: 'thumbprint' | 'names';
  readonly certificate: Readonly<Record<string, string>>;
}

/** What a browser sees of a call that its certificate alone has authorised. */
export function inboundPage(message: string, { name, roles, knownBy, certificate }: CallerDescription): VNode {
  const rows = { caller: name, roles: roles.join(', '), 'known by': knownBy, ...certificate };
  return (
    <Page title={message}>
      <table>
        <caption>The caller, known by its client certificate</caption>
        <tbody>
          {Object.entries(rows).map(([label, value]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>
  );
}
