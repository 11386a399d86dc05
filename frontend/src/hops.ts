export type Party =
  'browser' | 'frontend' | 'xsuaa' | 'identity' | 'destination-service' | 'authorization-server' | 'backend';

/** How the caller authenticated: what it put into the request or into the TLS handshake. */
export type HopAuthentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'secret' }
  | { readonly kind: 'certificate'; readonly 'x5t#S256': string }
  /** A token; with a thumbprint where a client certificate came along in the handshake. */
  | { readonly kind: 'bearer'; readonly 'x5t#S256'?: string };

/** Why a hop failed, in words for the user: the remedy is an instruction. */
export interface HopFailure {
  /** Stable, kebab-case, e.g. `destination-not-found`. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** One call of a request's way. Calls that this app cannot see are drawn from knowledge and marked `observed: false`. */
export interface Hop {
  readonly from: Party;
  readonly to: Party;
  readonly method: string;
  /** Path with query, no host, no secret. */
  readonly path: string;
  /** What the call is for, e.g. `token for the Destination Service`. */
  readonly purpose: string;
  readonly authentication: HopAuthentication;
  readonly status?: number;
  readonly durationMs?: number;
  /** `hit`: a cache answered; `stale`: a cache answered because the refresh failed (see `failure`). */
  readonly cache: 'none' | 'hit' | 'stale';
  readonly observed: boolean;
  readonly failure?: HopFailure;
}
