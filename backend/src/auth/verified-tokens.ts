import type { Service, Token, Types } from '@sap/xssec';
import { LRUCache } from 'lru-cache';
import { getHeapStatistics } from 'node:v8';

/** A token that passed every check, and the service that accepted it. */
export interface VerifiedToken {
  readonly token: Token;
  readonly service: Service;
}

/** What a token and what was decoded of it take, measured: twice the length of the token, and the cache's own share. */
const BYTES_A_CHARACTER = 2;
const BYTES_AN_ENTRY = 300;
/**
 * Characters at the end of a token by which it is looked up: hashing all 1,400 takes longer than any other step of a request.
 * The signature stands there, so that no two valid tokens share them; the whole token is compared all the same.
 */
const KEY_LENGTH = 64;
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
  readonly #tokens: LRUCache<string, VerifiedToken>;

  /**
   * @param size most tokens that are remembered
   * @param maxBytes most memory that they take, about; by default a third of the heap, which a small container makes small
   */
  constructor(size: number, maxBytes = Math.floor(getHeapStatistics().heap_size_limit * SHARE_OF_HEAP)) {
    this.#tokens = new LRUCache({
      max: size,
      maxSize: maxBytes,
      sizeCalculation: ({ token }) => token.jwt.length * BYTES_A_CHARACTER + BYTES_AN_ENTRY,
    });
  }

  /** For a service's `signatureCache`: the library only reads. */
  readonly signatureCache: Types.Cache = {
    get: (jwt) => (this.get(jwt) === undefined ? undefined : true),
    set: () => undefined,
  };

  get(jwt: string): VerifiedToken | undefined {
    const found = this.#tokens.get(keyOf(jwt));
    return found?.token.jwt === jwt ? found : undefined;
  }

  remember(verified: VerifiedToken): void {
    this.#tokens.set(keyOf(verified.token.jwt), verified);
  }
}

function keyOf(jwt: string): string {
  return jwt.slice(-KEY_LENGTH);
}
