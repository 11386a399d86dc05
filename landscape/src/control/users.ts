import type { Identity } from '../identity/identity';
import type { UserDirectory } from '../token-core/user-directory';
import type { Xsuaa } from '../xsuaa/xsuaa';
import { ControlError } from './program';
import { formatTable } from './table';

/** Names, passwords and role collections: for the one who runs the landscape. */
export function formatUsers(users: Pick<UserDirectory, 'list'>): string {
  const rows = users
    .list()
    .map(({ name, password, roleCollections }) => [
      `  ${name}`,
      password,
      roleCollections.join(', ') || 'no role collection',
    ]);
  return `${formatTable(rows)}\n`;
}

export interface RevocationTargets {
  readonly users: Pick<UserDirectory, 'list' | 'find'>;
  readonly xsuaa: Pick<Xsuaa, 'revokeUser'>;
  readonly identity: Pick<Identity, 'revokeUser'>;
}

/**
 * Ends the logins and refresh tokens of a user at XSUAA and at the identity service; returns what to print.
 * @throws {ControlError} when there is no such user.
 */
export function revokeUser(name: string, { users, xsuaa, identity }: RevocationTargets): string {
  const user = users.find(name);
  if (user === undefined) {
    const known = users.list().map((entry) => entry.name);
    throw new ControlError(`There is no user ${name}. The users are ${known.join(', ')}.`);
  }
  xsuaa.revokeUser(user);
  identity.revokeUser(user);
  return `${user.name} is logged out, and no refresh token of that user is valid any more. Access tokens live on until they expire.\n`;
}
