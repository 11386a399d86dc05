import type { RegisteredClient } from '../token-core/client-registry';
import { suffixes, subaccount } from '../xsuaa/subaccount';

/** A service instance as the runtime sees it: an OAuth client with user roles. */
export interface Sender extends RegisteredClient {
  readonly roles: ReadonlySet<string>;
}

/** xsappname of the runtime in XSUAA, without the suffix that XSUAA appends. */
export const MASTER_XSAPPNAME = `it-rt-${subaccount.subdomain}`;

const APPLICATION = `${MASTER_XSAPPNAME}${suffixes.master}`;

/** A user role as tokens name it, e.g. `it-rt-local-landscape!b2.ESBMessaging.send`. */
export function scopeOf(role: string): string {
  return `${APPLICATION}.${role}`;
}

/** The user roles among the scopes of a token. */
export function rolesIn(scopes: readonly unknown[]): ReadonlySet<string> {
  const begin = scopeOf('');
  return new Set(
    scopes.flatMap((scope) =>
      typeof scope === 'string' && scope.startsWith(begin) ? [scope.slice(begin.length)] : [],
    ),
  );
}
