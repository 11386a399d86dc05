/** The JSON of `/app` and `/homepage` as far as the tests read it; written down here a second time on purpose. */
export interface AppJson {
  readonly backend?: { readonly status: number; readonly body: { readonly message: string; readonly claims: Claims } };
  readonly token?: { readonly claims: Claims };
  readonly certificate?: {
    readonly 'x5t#S256': string;
    readonly subject: string;
    readonly issuer: string;
    readonly notBefore: string;
    readonly notAfter: string;
  };
  readonly hops: readonly HopJson[];
  readonly notes?: readonly { readonly code: string }[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly hop: { readonly from: string; readonly to: string };
  };
}

export interface Claims {
  readonly aud: string | readonly string[];
  readonly iss: string;
  readonly sub: string;
  /** Tokens of XSUAA. */
  readonly cid?: string;
  /** Tokens of IAS. */
  readonly azp?: string;
  readonly app_tid?: string;
  readonly cnf?: { readonly 'x5t#S256': string };
}

export interface HopJson {
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly purpose: string;
  readonly authentication: { readonly kind: string; readonly 'x5t#S256'?: string };
  readonly status?: number;
  readonly durationMs?: number;
  readonly cache: 'none' | 'hit' | 'stale';
  readonly observed: boolean;
  readonly failure?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** `frontend>xsuaa` and so on, in order: the way of a request in one line. */
export function way(hops: readonly HopJson[]): string[] {
  return hops.map(({ from, to }) => `${from}>${to}`);
}

/** An entry of `landscape requests`. */
export interface JournalJson {
  readonly kind: 'request' | 'handshake';
  readonly service: string;
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly certificate?: { readonly 'x5t#S256': string; readonly authorized: boolean };
  readonly note?: string;
}

/** The JSON of the start page. */
export interface OverviewJson {
  readonly scenarios: readonly {
    readonly path: string;
    readonly state:
      | { readonly kind: 'ready' }
      | { readonly kind: 'not-bound'; readonly bind: string }
      | { readonly kind: 'not-configured'; readonly problem: string; readonly remedy: string };
    readonly certificateNotAfter?: string;
  }[];
}
