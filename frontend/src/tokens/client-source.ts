import type { AccessFailure, AccessOutcome, AccessSource, BackendAccess, TokenIssuer } from '../access';
import type { HopOutcome } from '../hop-outcome';
import type { Hop } from '../hops';
import type { ScenarioNote } from '../scenario';
import type { Claims } from './claims';
import type { TokenRequest } from './client-credentials';
import { certificateOf } from './credential';
import type { CachedToken, TokenSource } from './token-source';

/** What to ask for, and of whom. */
export interface Preparation {
  readonly request: TokenRequest;
  readonly issuer: TokenIssuer;
  /** The calls that it took to find that out. */
  readonly hops: readonly Hop[];
}

export interface ClientSourceOptions {
  readonly tokens: TokenSource;
  readonly prepare: () => Promise<({ readonly ok: true } & Preparation) | ({ readonly ok: false } & AccessFailure)>;
  /** BACKEND_URL. */
  readonly backendUrl: URL;
  /** What the user should know of a token. */
  readonly note?: (claims: Claims | undefined) => readonly ScenarioNote[];
}

interface ClientAccess extends BackendAccess {
  readonly preparation: Preparation;
  readonly cached: CachedToken;
}

/** Gets tokens for the backend directly from their issuer, with a client of this app, whose certificate the backend is shown as well. */
export class ClientSource implements AccessSource {
  readonly #options: ClientSourceOptions;

  constructor(options: ClientSourceOptions) {
    this.#options = options;
  }

  async get(): Promise<AccessOutcome<ClientAccess>> {
    const prepared = await this.#options.prepare();
    if (!prepared.ok) return prepared;
    return this.#grant(prepared, await this.#options.tokens.get(prepared.request));
  }

  async renew(refused: BackendAccess): Promise<AccessOutcome<ClientAccess> | undefined> {
    // What `get` gave out.
    const { preparation, cached } = refused as ClientAccess;
    const renewed = await this.#options.tokens.renew(preparation.request, cached);
    return renewed && this.#grant({ ...preparation, hops: [] }, renewed);
  }

  forget(): void {
    // The address is a setting: only a restart changes it.
  }

  #grant(preparation: Preparation, outcome: HopOutcome<CachedToken>): AccessOutcome<ClientAccess> {
    const hops = [...preparation.hops, outcome.hop];
    if (!outcome.ok) return { ok: false, error: outcome.error, hop: outcome.hop, hops };
    const { value: cached } = outcome;
    const access = {
      url: this.#options.backendUrl,
      token: { value: cached.token, claims: cached.claims },
      certificate: certificateOf(preparation.request.credential),
      issuer: preparation.issuer,
      preparation,
      cached,
    };
    return { ok: true, access, hops, notes: this.#options.note?.(cached.claims) ?? [] };
  }
}
