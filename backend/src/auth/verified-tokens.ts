import type { Token, Types } from '@sap/xssec';
import { LRUCache } from 'lru-cache';

type Content = Pick<Token, 'header' | 'payload'>;

/**
 * Remembers the tokens that passed every check, so that the next request with one of them costs no decoding and no
 * signature check. Expiry, audience, tenant and whether the key is still published are checked on each request.
 *
 * @sap/xssec's own caches also keep what was refused: a stranger could fill them, and the container's memory, with
 * rubbish, and push out the tokens that are in use.
 */
export class VerifiedTokens {
  readonly #tokens: LRUCache<string, Content>;

  /** @param size most tokens that are remembered */
  constructor(size: number) {
    this.#tokens = new LRUCache({ max: size });
  }

  /** For `Token.enableDecodeCache`: the library only reads. */
  readonly decodeCache: Types.Cache = {
    get: (jwt) => this.#tokens.get(jwt),
    set: () => undefined,
  };

  /** For a service's `signatureCache`: the library only reads. */
  readonly signatureCache: Types.Cache = {
    get: (jwt) => (this.#tokens.has(jwt) ? true : undefined),
    set: () => undefined,
  };

  has(jwt: string): boolean {
    return this.#tokens.has(jwt);
  }

  remember(jwt: string, { header, payload }: Content): void {
    this.#tokens.set(jwt, { header, payload });
  }
}
