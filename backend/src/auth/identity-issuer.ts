import { errors, IdentityService, IdentityServiceToken, type Types } from '@sap/xssec';
import type { RequestOptions } from 'node:https';
import * as v from 'valibot';
import type { UpstreamError } from '../errors';
import type { IdentityBinding } from '../identity-binding';
import { InvalidTokenError } from './bearer-errors';
import { excerptClaim } from './claim-excerpt';
import { correlationIdToPassOn, type IssuerOptions } from './issuer-request';
import { issuerUnavailable } from './issuer-unavailable';
import { parseKeySet, type PublicKeySet } from './key-set';
import { KeySetLimit } from './key-set-limit';

type Claims = Readonly<Record<string, unknown>>;
type ResponseError = InstanceType<typeof errors.ResponseError>;
type KeyRequest = Parameters<IdentityService['fetchJwks']>;

/** OpenID Connect Discovery 1.0 §3, as far as it is used. */
const discoverySchema = v.looseObject({
  jwks_uri: v.pipe(
    v.string(),
    v.check((text) => URL.canParse(text) && new URL(text).protocol === 'https:'),
  ),
});
type Discovery = v.InferOutput<typeof discoverySchema>;

const HEADER_VALUE = /^[\x21-\x7e]{1,200}$/;

/**
 * SAP Cloud Identity Services as an issuer of tokens: @sap/xssec's checks, and what a resource server on the open Internet
 * needs besides.
 *
 * - The issuer must be the tenant of the binding: the library accepts every tenant below the trusted domains.
 * - So must the application's tenant (`app_tid`), which the library leaves to the service.
 * - Both are checked before anything is fetched, and keys come from the binding's URL only: no token chooses a host.
 * - Whether the service accepts the calling client is asked for correctly signed tokens only: a stranger could invent as
 *   many clients as he likes, and each would cost a request and memory.
 * - A service that cannot be asked is the issuer's failure (503) and never a verdict on the token (401).
 */
export class IdentityIssuer extends IdentityService {
  readonly #url: string;
  readonly #clientId: string;
  readonly #issuers: readonly string[];
  readonly #tenant: string | undefined;
  readonly #timeoutMs: number;
  readonly #keySets = new KeySetLimit();

  constructor(binding: IdentityBinding, { timeoutMs, signatureCache }: IssuerOptions) {
    const { clientid, url } = binding.credentials;
    // The token's issuer is compared here; the library only ever sees the binding's.
    const credentials = { clientid, url, domains: [new URL(url).host] };
    super(credentials, { validation: { signatureCache: { impl: signatureCache } } });
    this.#url = url;
    this.#clientId = clientid;
    this.#issuers = binding.issuers;
    this.#tenant = binding.tenant;
    this.#timeoutMs = timeoutMs;
  }

  override async validateTokenSignature(
    token: IdentityServiceToken,
    config: Types.SecurityContextConfig,
  ): Promise<void> {
    const claims: Claims = token.payload;
    this.#checkIssuer(claims['ias_iss'] ?? claims['iss']);
    const tenant = claims['app_tid'] ?? claims['zone_uuid'];
    this.#checkTenant(tenant);
    const own = { app_tid: this.#tenant, azp: this.#clientId, azp_app_tid: undefined };
    await super.validateTokenSignature(this.#nameParties(token, own), config);
    // Signed: from here on the claims are the issuer's own words. For the own client this is the same request, remembered.
    const { azp = this.#clientId, azp_app_tid } = claims;
    const named = this.#nameParties(token, { app_tid: tenant, azp, azp_app_tid });
    // All three fit into headers by now, so that no blank is in them.
    await this.#keySets.admit(`${String(tenant)} ${String(azp)} ${String(azp_app_tid)}`, this.jwksCache);
    await this.getJwks(named as unknown as string, config); // the library's types say string, and its code takes a token
  }

  override async fetchJwks(query: KeyRequest[0], options: KeyRequest[1]): Promise<PublicKeySet> {
    const correlationId = correlationIdToPassOn(options.correlationId as string | undefined);
    const { jwks_uri: url } = await this.#discover(correlationId);
    try {
      return parseKeySet(await super.fetchJwks(query, { ...options, correlationId }));
    } catch (error) {
      if (error instanceof errors.ResponseError && error.responseCode === 400) throw refusedByService(error);
      throw this.#unavailable(error, url);
    }
  }

  override async fetchOpenIDConfiguration(options?: { correlationId?: string }): Promise<Discovery> {
    try {
      return v.parse(discoverySchema, await super.fetchOpenIDConfiguration(options));
    } catch (error) {
      throw this.#unavailable(error, this.#url + this.endpoints['oidc_info']);
    }
  }

  override buildRequest(options?: RequestOptions): ReturnType<IdentityService['buildRequest']> {
    // The library's own time-out is one of silence: an answer that drips would never end.
    return { ...super.buildRequest(options), signal: AbortSignal.timeout(this.#timeoutMs) };
  }

  async #discover(correlationId: string | undefined): Promise<Discovery> {
    // What is cached came out of fetchOpenIDConfiguration.
    return (await this.getOpenIDConfiguration(correlationId === undefined ? {} : { correlationId })) as Discovery;
  }

  /** The token as the library shall see it while it looks for keys: these parties, and an issuer that is the binding's. */
  #nameParties(token: IdentityServiceToken, parties: Claims): IdentityServiceToken {
    for (const [name, value] of Object.entries(parties)) checkHeaderValue(name, value);
    return new IdentityServiceToken(token.jwt, { header: token.header, payload: { ...parties, iss: this.#url } });
  }

  #checkIssuer(issuer: unknown): void {
    const host = typeof issuer === 'string' ? issuer.replace(/^https:\/\//, '') : '';
    if (this.#issuers.includes(host)) return;
    throw new InvalidTokenError('The token was issued by another issuer.', {
      detail: `wrong issuer: iss is ${excerptClaim(issuer)}, expected ${this.#issuers.join(' or ')}`,
    });
  }

  #checkTenant(tenant: unknown): void {
    if (this.#tenant === undefined || tenant === this.#tenant) return;
    throw new InvalidTokenError('The token was issued for another tenant of this application.', {
      detail: `wrong tenant: app_tid is ${excerptClaim(tenant)}, expected ${this.#tenant}`,
    });
  }

  #unavailable(error: unknown, url: string): UpstreamError {
    return issuerUnavailable(error, { issuer: 'Identity (IAS)', url, timeoutMs: this.#timeoutMs });
  }
}

/** Asked for its keys, the service answers 400 when this application must not accept the token. */
function refusedByService({ responseText }: ResponseError): InvalidTokenError {
  return new InvalidTokenError('The issuer does not let this application accept the token.', {
    detail: `refused by the issuer: ${excerptClaim(responseText)}`,
  });
}

/** The parties are told to the service in headers, which not every text fits. */
function checkHeaderValue(claim: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && HEADER_VALUE.test(value))) return;
  throw new InvalidTokenError('The token names its parties in a way that cannot be read.', {
    detail: `${claim} is ${excerptClaim(value)}`,
  });
}
