import type { AccessOutcome, AccessSource, BackendAccess } from '../access';
import type { HopOutcome } from '../hop-outcome';
import type { TokenRequest } from '../tokens/client-credentials';
import { certificateOf } from '../tokens/credential';
import type { CachedToken, TokenSource } from '../tokens/token-source';

export interface IdentitySourceOptions {
  readonly tokens: TokenSource;
  readonly request: TokenRequest;
  /** BACKEND_URL. */
  readonly backendUrl: URL;
}

interface IdentityAccess extends BackendAccess {
  readonly cached: CachedToken;
}

/** Gets tokens for the backend directly from Identity, with the credential of the binding, which the backend is shown as well. */
export class IdentitySource implements AccessSource {
  readonly #options: IdentitySourceOptions;

  constructor(options: IdentitySourceOptions) {
    this.#options = options;
  }

  async get(): Promise<AccessOutcome<IdentityAccess>> {
    const { tokens, request } = this.#options;
    return this.#grant(await tokens.get(request));
  }

  async renew(refused: BackendAccess): Promise<AccessOutcome<IdentityAccess> | undefined> {
    const { tokens, request } = this.#options;
    // What `get` gave out.
    const { cached } = refused as IdentityAccess;
    const renewed = await tokens.renew(request, cached);
    return renewed && this.#grant(renewed);
  }

  forget(): void {
    // The address is a setting: only a restart changes it.
  }

  #grant(outcome: HopOutcome<CachedToken>): AccessOutcome<IdentityAccess> {
    const hops = [outcome.hop];
    if (!outcome.ok) return { ok: false, error: outcome.error, hop: outcome.hop, hops };
    const { value: cached } = outcome;
    const access = {
      url: this.#options.backendUrl,
      token: { value: cached.token, claims: cached.claims },
      certificate: certificateOf(this.#options.request.credential),
      issuer: { party: 'identity', keysPath: '/oauth2/certs' },
      cached,
    } as const;
    return { ok: true, access, hops, notes: [] };
  }
}
