import type { Token, Types } from '@sap/xssec';
import { LRUCache } from 'lru-cache';
import { getHeapStatistics } from 'node:v8';

type Content = Pick<Token, 'header' | 'payload'>;

/** What a token and what was decoded of it take, measured: twice the length of the token, and the cache's own share. */
const BYTES_A_CHARACTER = 2;
const BYTES_AN_ENTRY = 200;
/** Of the memory that this process may use for objects: the rest is needed for the requests. */
const SHARE_OF_HEAP = 1 / 3;

/**
 * Remembers the tokens that passed every check, so that the next request with one of them costs no decoding and no
 * signature check. Expiry, audience, tenant and whether the key is still published are checked on each request.
 *
 * @sap/xssec's own caches also keep what was refused: a stranger could fill them, and the container's memory, with
 * rubbish, and push out the tokens that are in use.
 */
export class VerifiedTokens {
  readonly #tokens: LRUCache<string, Content>;

  /**
   * @param size most tokens that are remembered
   * @param maxBytes most memory that they take, about; by default a third of the heap, which a small container makes small
   */
  constructor(size: number, maxBytes = Math.floor(getHeapStatistics().heap_size_limit * SHARE_OF_HEAP)) {
    this.#tokens = new LRUCache({
      max: size,
      maxSize: maxBytes,
      sizeCalculation: (_content, jwt) => jwt.length * BYTES_A_CHARACTER + BYTES_AN_ENTRY,
    });
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
