import type { VNode } from 'preact';
import type { VerifiedClaims } from '../auth/security-context';
import { callerText, type Caller } from '../caller';
import { Page } from './page';

/** What tells who calls, for whom, and with which certificate; the other claims follow in the token's order. */
const firstClaims = ['sub', 'zid', 'zone_uuid', 'app_tid', 'iss', 'aud', 'cnf'];

export interface EndpointModel {
  readonly message: string;
  readonly caller: Caller;
  readonly claims: VerifiedClaims;
}

/** What a browser sees of a successful call: the message and each claim of the token. */
export function endpointPage({ message, caller, claims }: EndpointModel): VNode {
  return (
    <Page title={message}>
      <p>Called by {callerText(caller)}.</p>
      <table>
        <caption>Claims of the access token, verified by this backend</caption>
        <tbody>
          {inOrder(claims).map(([name, value]) => (
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

function inOrder(claims: VerifiedClaims): [string, unknown][] {
  const first = firstClaims.filter((name) => name in claims);
  const others = Object.keys(claims).filter((name) => !first.includes(name));
  return [...first, ...others].map((name) => [name, claims[name]]);
}
