import type { VNode } from 'preact';
import type { VerifiedClaims } from '../auth/security-context';
import { Page } from './page';

/** What a browser sees of a successful call: the message and each claim of the token. */
export function endpointPage(message: string, claims: VerifiedClaims): VNode {
  return (
    <Page title={message}>
      <table>
        <caption>Claims of the access token, verified by this backend</caption>
        <tbody>
          {Object.entries(claims).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{typeof value === 'string' ? value : JSON.stringify(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>
  );
}
