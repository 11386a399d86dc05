import type { Claims } from '../tokens/claims';
import type { UserVisit } from './user-action';

/** What the page of a user who is logged in shows, and its JSON. */
export interface UserPage extends UserVisit {
  readonly name: string;
  /** The access token of the login, decoded and not verified. */
  readonly token: { readonly claims: Claims };
  /** ISO 8601: from here on the access token is not used any more. */
  readonly expiresAt: string;
  /** ISO 8601: from here on the next request renews it; undefined without a refresh token. */
  readonly renewsAt: string | undefined;
}
