import type { RegisteredClient } from './client-registry';
import type { User } from './user-directory';

/** A client that users log in to. */
export interface UserClient extends RegisteredClient {
  /** The service instance that it belongs to. */
  readonly instanceId: string;
  /** Whether each authorization request must have a challenge by S256 (RFC 7636). */
  readonly requiresProof?: boolean;
}

/** What a user has allowed a client by logging in: what codes and refresh tokens stand for. */
export interface Authorization {
  /** The service instance that owns the client: another one with the same client id is not meant. */
  readonly instanceId: string;
  readonly user: User;
  readonly scopes: readonly string[];
  /** When the user proved who it is; seconds since the epoch. */
  readonly authTime: number;
  /** The login at the token service; absent for grants without a browser. */
  readonly sessionId?: string;
  /** Of the authorization request, for the id token (OpenID Connect Core §3.1.2.1). */
  readonly nonce?: string;
}

export function belongsTo({ instanceId }: Authorization, client: UserClient): boolean {
  return instanceId === client.instanceId;
}
