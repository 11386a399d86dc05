import type { Hop, Party } from './hops';
import type { ScenarioNote } from './scenario';
import type { Claims } from './tokens/claims';
import type { ClientCertificate } from './tokens/client-certificate';
import type { UpstreamError } from './upstream/upstream';

/** What a call of the backend takes, however it was got: address, token, and the certificate to show. */
export interface BackendAccess {
  /** Base address of the backend. */
  readonly url: URL;
  readonly token: AccessToken;
  /** Undefined where the token was fetched without one. */
  readonly certificate: ClientCertificate | undefined;
  readonly issuer: TokenIssuer;
}

export interface AccessToken {
  readonly value: string;
  /** Decoded, not verified; undefined for an opaque token. */
  readonly claims: Claims | undefined;
}

/** Who has issued the token, and where the backend gets the keys that check it. */
export interface TokenIssuer {
  readonly party: Extract<Party, 'xsuaa' | 'identity' | 'authorization-server'>;
  readonly keysPath: string;
}

export interface AccessGranted<Access extends BackendAccess = BackendAccess> {
  readonly ok: true;
  readonly access: Access;
  readonly hops: readonly Hop[];
  readonly notes: readonly ScenarioNote[];
}

export interface AccessFailure {
  readonly error: UpstreamError;
  /** The hop that failed; one of `hops`. */
  readonly hop: Hop;
  readonly hops: readonly Hop[];
}

export type AccessOutcome<Access extends BackendAccess = BackendAccess> =
  AccessGranted<Access> | ({ readonly ok: false } & AccessFailure);

/** A way of getting access to the backend. */
export interface AccessSource {
  get(): Promise<AccessOutcome>;
  /** Gets access anew after the backend has refused the token. Undefined when that has just been tried. */
  renew(refused: BackendAccess): Promise<AccessOutcome | undefined>;
  /** Forgets access that leads to the wrong place: whoever corrects it shall see so with the next request. */
  forget(misleading: BackendAccess): void;
}
