import type { Types } from '@sap/xssec';
import { LRUCache } from 'lru-cache';
import { getHeapStatistics } from 'node:v8';
import type { AcceptedContext } from './security-context';

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
 * signature check: each with the context that was made of it. Expiry, audience, tenant and whether the key is still
 * published are checked on each request.
 *
 * @sap/xssec's own caches also keep what was refused: a stranger could fill them, and the container's memory, with
 * rubbish, and push out the tokens that are in use.
 */
export class VerifiedTokens {
  readonly #tokens: LRUCache<string, AcceptedContext>;

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

  get(jwt: string): AcceptedContext | undefined {
    const found = this.#tokens.get(keyOf(jwt));
    return found?.token.jwt === jwt ? found : undefined;
  }

  remember(context: AcceptedContext): void {
    this.#tokens.set(keyOf(context.token.jwt), context);
  }
}

function keyOf(jwt: string): string {
  return jwt.slice(-KEY_LENGTH);
}
