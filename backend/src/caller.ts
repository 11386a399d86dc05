import type { VerifiedClaims } from './auth/security-context';

/** For whom a token was issued: for a person, through some application, or for an application itself. */
export type Caller =
  { readonly kind: 'user'; readonly name: string } | { readonly kind: 'client'; readonly clientId: string };

/** The grants in which no user takes part (RFC 6749 §4.4). */
const CLIENT_GRANT = 'client_credentials';

/**
 * Tells from verified claims whether a user or a client has called. XSUAA names the user and the grant, Identity the kind
 * of the subject; with other issuers a token is its client's own where the subject is the client (RFC 9068 §2.2).
 */
export function describeCaller(claims: VerifiedClaims): Caller {
  const clientId = firstText(claims, ['client_id', 'cid', 'azp', 'sub']) ?? 'unknown';
  const isClient =
    claims['grant_type'] === CLIENT_GRANT ||
    claims['sap_id_type'] === 'app' ||
    (claims['user_name'] === undefined && (claims['sub'] === undefined || claims['sub'] === clientId));
  if (isClient) return { kind: 'client', clientId };
  return { kind: 'user', name: firstText(claims, ['user_name', 'email', 'sub']) ?? 'unknown' };
}

/** For a sentence or a line: `user alice@example.com`. */
export function callerText(caller: Caller): string {
  return caller.kind === 'user' ? `user ${caller.name}` : `client ${caller.clientId}`;
}

function firstText(claims: VerifiedClaims, names: readonly string[]): string | undefined {
  return names.map((name) => claims[name]).find((value): value is string => typeof value === 'string' && value !== '');
}
