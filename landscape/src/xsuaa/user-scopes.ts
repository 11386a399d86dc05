import type { ScopeRequest } from '../token-core/authorize-endpoint';
import { OAuthError } from '../token-core/oauth-error';
import type { User } from '../token-core/user-directory';
import type { RoleCollection } from './role-collections';
import type { XsuaaClient } from './xsuaa-client';

/** What every user may do at every client: log in, and be exchanged for another service's token. */
const BASE_SCOPES = ['openid', 'uaa.user'] as const;

/** The scopes that a user has at a client, by the role collections that it is assigned to. */
export function listScopes(client: XsuaaClient, user: User): string[] {
  return [
    ...new Set([...BASE_SCOPES, ...client.userScopes, ...assignedTo(user, client).flatMap(({ scopes }) => scopes)]),
  ];
}

/** `xs.user.attributes`: those of the user's roles, with the user's own values where it has some. */
export function listAttributes(client: XsuaaClient, user: User): Readonly<Record<string, readonly string[]>> {
  const attributes = assignedTo(user, client).flatMap((collection) => [...collection.attributes]);
  return Object.fromEntries(attributes.map(([name, values]) => [name, user.attributes[name] ?? values]));
}

/**
 * The scopes of a token: all that the user has, or those of the request that it has. A request that names only others, or
 * one that is no scope of the client, is refused; `uaa.user` is not among them unless it is asked for then.
 * @throws {OAuthError} invalid_scope.
 */
export function grantScopes({ client, user, requested }: ScopeRequest<XsuaaClient>): readonly string[] {
  const available = listScopes(client, user);
  if (requested.length === 0) return available;
  const known = new Set([...available, ...[...client.roleCollections.values()].flatMap(({ scopes }) => scopes)]);
  const unknown = requested.find((scope) => !known.has(scope));
  if (unknown !== undefined)
    throw refuse(`${unknown} is invalid. Please use a valid scope name in the request`, client, available);
  const granted = requested.filter((scope) => available.includes(scope));
  if (granted.length === 0)
    throw refuse(
      `[${requested.join(', ')}] is invalid. This user is not allowed any of the requested scopes`,
      client,
      available,
    );
  return granted;
}

function refuse(description: string, { clientId }: XsuaaClient, available: readonly string[]): OAuthError {
  const note = `${description}; at ${clientId} the user has ${available.join(' ')}`;
  return new OAuthError({ status: 400, error: 'invalid_scope', description, note });
}

function assignedTo(user: User, { roleCollections }: XsuaaClient): RoleCollection[] {
  return user.roleCollections.flatMap((name) => roleCollections.get(name) ?? []);
}
