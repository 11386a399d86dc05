import { InvalidTokenError } from './bearer-errors';
import { excerptClaim } from './claim-excerpt';

/** Media types of access tokens: RFC 7519 §5.1, RFC 9068 §2.1; `application/` may be left out (RFC 7515 §4.1.9). */
const ACCESS_TOKEN_TYPE = /^(application\/)?(at\+)?jwt$/i;

/**
 * Says why a correctly signed token must be refused for what its header says; undefined when it need not be.
 *
 * - `crit` names extensions that whoever does not know them must refuse (RFC 7515 §4.1.11); none is known here.
 * - `typ` tells an issuer's access tokens from its other tokens, such as `logout+jwt`, which may name the same audience
 *   (RFC 8725 §3.11); without it, nothing is told.
 */
export function findHeaderProblem(header: object): InvalidTokenError | undefined {
  const { crit, typ } = header as Readonly<Record<string, unknown>>; // any object may be asked for a member
  if (crit !== undefined) {
    const detail = `critical extension: crit is ${excerptClaim(crit)}`;
    return new InvalidTokenError('The token demands extensions that this app does not know.', { detail });
  }
  if (typ === undefined || (typeof typ === 'string' && ACCESS_TOKEN_TYPE.test(typ))) return undefined;
  return new InvalidTokenError('The token is no access token.', { detail: `wrong type: typ is ${excerptClaim(typ)}` });
}
