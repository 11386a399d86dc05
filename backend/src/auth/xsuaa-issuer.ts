import { errors, XsuaaService, type Token, type Types } from '@sap/xssec';
import type { RequestOptions } from 'node:https';
import type { XsuaaBinding } from '../xsuaa-binding';
import { InvalidTokenError } from './bearer-errors';
import { excerptClaim } from './claim-excerpt';
import { correlationIdToPassOn, type IssuerOptions } from './issuer-request';
import { issuerUnavailable } from './issuer-unavailable';
import { parseKeySet, type PublicKeySet } from './key-set';
import { KeySetLimit } from './key-set-limit';

/** A zone id is a GUID; older subaccounts have other short names. */
const ZONE = /^[\w-]{1,64}$/;

/**
 * XSUAA as an issuer of tokens: @sap/xssec's checks, and what a resource server on the open Internet needs besides.
 *
 * - The zone of a token must be the one of the binding, and is checked before anything is fetched for it.
 * - Keys are fetched within one deadline for the whole answer, and an answer without usable keys is not remembered.
 * - When they cannot be fetched, that is the issuer's failure (503) and never a verdict on the token (401).
 */
export class XsuaaIssuer extends XsuaaService {
  readonly #zone: string | undefined;
  readonly #timeoutMs: number;
  readonly #keySets = new KeySetLimit();
  readonly #audienceVerdicts = new WeakMap<object, boolean>();

  constructor({ credentials, zone }: XsuaaBinding, { timeoutMs, signatureCache }: IssuerOptions) {
    super({ ...credentials }, { validation: { signatureCache: { impl: signatureCache } } });
    this.#zone = zone;
    this.#timeoutMs = timeoutMs;
  }

  /** What a token says of its audience never changes; the library gathers and compares it anew for each request. */
  override acceptsTokenAudience(token: Token): boolean {
    const known = this.#audienceVerdicts.get(token.payload);
    if (known !== undefined) return known;
    const verdict = super.acceptsTokenAudience(token);
    this.#audienceVerdicts.set(token.payload, verdict);
    return verdict;
  }

  override async validateTokenSignature(token: Token, config: Types.SecurityContextConfig): Promise<void> {
    await this.#checkZone((token.payload as Record<string, unknown>)['zid']);
    return super.validateTokenSignature(token, config);
  }

  override async getJwks(...request: Parameters<XsuaaService['getJwks']>): ReturnType<XsuaaService['getJwks']> {
    try {
      return (await super.getJwks(...request)) as unknown;
    } catch (error) {
      // XSUAA answers 400 when it knows that the token is not for this application.
      if (error instanceof errors.ValidationError) throw error;
      const { origin, pathname } = new URL(this.jwksBaseUrl + this.endpoints['jwks']);
      throw issuerUnavailable(error, { issuer: 'XSUAA', url: origin + pathname, timeoutMs: this.#timeoutMs });
    }
  }

  override async fetchJwks(query: { zid?: string }, correlationId?: string): Promise<PublicKeySet> {
    return parseKeySet(await super.fetchJwks(query, correlationIdToPassOn(correlationId)));
  }

  override buildRequest(options?: RequestOptions): ReturnType<XsuaaService['buildRequest']> {
    // The library's own time-out is one of silence: an answer that drips would never end.
    return { ...super.buildRequest(options), signal: AbortSignal.timeout(this.#timeoutMs) };
  }

  /** @sap/xssec fetches the keys of whatever zone a token names. */
  async #checkZone(zone: unknown): Promise<void> {
    if (this.#zone !== undefined) {
      if (zone !== this.#zone) throw wrongZone(zone, this.#zone);
      return;
    }
    if (zone === undefined) return;
    if (typeof zone !== 'string' || !ZONE.test(zone)) throw wrongZone(zone, 'any that XSUAA has');
    // Any subscriber's zone may come (`tenant-mode: shared`), and a stranger can name as many as he likes.
    await this.#keySets.admit(zone, this.jwksCache);
  }
}

function wrongZone(zone: unknown, expected: string): InvalidTokenError {
  return new InvalidTokenError('The token was issued in another subaccount.', {
    detail: `wrong zone: zid is ${excerptClaim(zone)}, expected ${expected}`,
  });
}
