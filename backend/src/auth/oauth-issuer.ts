import { errors as sapErrors, SecurityContext, Service, Token, type Types } from '@sap/xssec';
import { errors, jwtVerify, type CryptoKey, type JWTHeaderParameters } from 'jose';
import { AppError, type UpstreamError } from '../errors';
import type { OAuthBinding } from '../oauth-settings';
import { InvalidTokenError } from './bearer-errors';
import { excerptClaim } from './claim-excerpt';
import { fetchJson } from './fetch-json';
import type { IssuerOptions } from './issuer-request';
import { issuerUnavailable } from './issuer-unavailable';
import { parseKeySet, type PublicKeySet } from './key-set';
import { discoverKeys, metadataUrls } from './oauth-metadata';
import { RefreshedKeySet } from './refreshed-key-set';
import { findHeaderProblem } from './token-header';

/** Signatures with a private key only: with a shared secret, whoever can check a token can make one (RFC 8725 §3.1). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Seconds; what @sap/xssec grants to the clocks of its issuers. */
const CLOCK_TOLERANCE_S = 60;

/**
 * An authorization server of any vendor as an issuer of tokens (RFC 9068): its signature, type, issuer, audience and validity
 * are checked with jose, behind the same interface and with the same refusals as SAP's services.
 *
 * - Keys come from the metadata of the configured issuer only: no token chooses a host.
 * - A server that cannot be asked is the issuer's failure (503) and never a verdict on the token (401).
 */
export class OAuthIssuer extends Service {
  readonly #issuer: string;
  readonly #audience: string;
  readonly #timeoutMs: number;
  readonly #verified: Types.Cache;
  readonly #keys: RefreshedKeySet;

  constructor({ issuer, audience }: OAuthBinding, { timeoutMs, signatureCache }: IssuerOptions) {
    // What the library selects a service by, and names it by in its errors.
    super({ clientid: audience, url: issuer });
    this.#issuer = issuer;
    this.#audience = audience;
    this.#timeoutMs = timeoutMs;
    this.#verified = signatureCache;
    this.#keys = new RefreshedKeySet({ load: () => this.#fetchKeys() });
  }

  override async createSecurityContext(
    jwt: string | Token,
    config: Types.SecurityContextConfig = {},
  ): Promise<SecurityContext<Service, Token>> {
    const token = typeof jwt === 'string' ? new Token(jwt) : jwt;
    await this.validateToken(token, config);
    return new SecurityContext(this, token, config);
  }

  /** The library has compared expiry, begin and audience before, so that nothing is fetched for a token that nothing can make good. */
  override async validateTokenSignature(token: Token): Promise<void> {
    this.#checkIssuer(token.issuer);
    const header = token.header as JWTHeaderParameters; // decoded; what is in it is checked below
    checkHeader(token, header);
    const key = await this.#findKey(token, header);
    if (this.#verified.get(token.jwt) === true) return;
    try {
      await jwtVerify(token.jwt, key, {
        algorithms: ALGORITHMS,
        typ: 'at+jwt',
        issuer: this.#issuer,
        audience: this.#audience,
        requiredClaims: ['exp', 'sub', 'client_id'],
        clockTolerance: CLOCK_TOLERANCE_S,
      });
    } catch (error) {
      throw explain(error, token);
    }
  }

  async #findKey(token: Token, header: JWTHeaderParameters): Promise<CryptoKey> {
    try {
      return await this.#keys.find(header);
    } catch (error) {
      throw explain(error, token);
    }
  }

  #checkIssuer(issuer: unknown): void {
    if (issuer === this.#issuer) return;
    throw new InvalidTokenError('The token was issued by another issuer.', {
      detail: `wrong issuer: iss is ${excerptClaim(issuer)}, expected ${this.#issuer}`,
    });
  }

  async #fetchKeys(): Promise<PublicKeySet> {
    let [url] = metadataUrls(this.#issuer);
    try {
      url = await discoverKeys(this.#issuer, this.#timeoutMs);
      return parseKeySet(await fetchJson(url, this.#timeoutMs));
    } catch (error) {
      throw this.#unavailable(error, url);
    }
  }

  #unavailable(error: unknown, url: string): UpstreamError {
    return issuerUnavailable(error, { issuer: 'The authorization server', url, timeoutMs: this.#timeoutMs });
  }
}

/** RFC 9068 §4: another JWT of the same issuer, an ID token say, is no access token (RFC 8725 §2.8). */
function checkHeader(token: Token, { typ, alg, kid }: Readonly<Record<string, unknown>>): void {
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) throw new sapErrors.UnsupportedAlgorithmError(token, alg);
  const problem = findHeaderProblem(token.header);
  if (problem !== undefined) throw problem;
  if (typeof typ !== 'string' || !/^(application\/)?at\+jwt$/i.test(typ))
    throw new InvalidTokenError('The token is no JWT access token: its header typ must be at+jwt (RFC 9068).', {
      detail: `wrong type: typ is ${excerptClaim(typ)}`,
    });
  if (typeof kid !== 'string') throw new sapErrors.MissingKidError(String(kid), 'Token header contained no kid.');
}

/** In the terms that the refusals of SAP's services are told in. */
function explain(error: unknown, token: Token): Error {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWSSignatureVerificationFailed) return new sapErrors.InvalidTokenSignatureError(token);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return new sapErrors.MissingKidError(String(token.header.kid), 'No published key has the kid of the token.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    const problem =
      reason === 'missing'
        ? `The token lacks the claim ${claim}, which an access token must have (RFC 9068).`
        : `The claim ${claim} of the token has a wrong form.`;
    return new InvalidTokenError(problem, { detail: `${claim}: ${reason}` });
  }
  return error instanceof Error ? error : new Error(String(error));
}
