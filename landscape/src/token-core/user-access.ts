import type { RequestHandler } from 'express';
import type { BrowserSessions } from './browser-sessions';
import type { RefreshTokens } from './refresh-tokens';
import type { Grant } from './token-endpoint';
import type { User } from './user-directory';

/** What a token service does for people: pages for their browsers, and the grants that give tokens in their name. */
export interface UserAccess<Client> {
  readonly pages: RequestHandler;
  readonly grants: readonly Grant<Client>[];
  /** Ends the logins and the refresh tokens of a user; access tokens live on until they expire. */
  readonly revoke: (user: User) => void;
}

export interface UserState {
  readonly sessions: BrowserSessions;
  readonly refreshTokens: RefreshTokens;
}

/** Ends the logins and the refresh tokens of a user. */
export function revokeUser(user: User, { sessions, refreshTokens }: UserState): void {
  sessions.endAll(user);
  refreshTokens.revoke((authorization) => authorization.user.id === user.id);
}
