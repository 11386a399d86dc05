import { Token, XssecPassportStrategy, type Service } from '@sap/xssec';
import type { RequestHandler } from 'express';
import { Authenticator, type Strategy } from 'passport';
import { InvalidTokenError } from './bearer-errors';
import { readBearerToken } from './bearer-token';
import { refusedToken } from './refused-token';
import { refusalOf, securityContextOf } from './security-context';
import { findHeaderProblem } from './token-header';
import type { VerifiedTokens } from './verified-tokens';

/** JWS Compact Serialization (RFC 7515 §7.1) with a signature; @sap/xssec would ignore a fourth part or odd characters. */
const SIGNED_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const BEARER = 'Bearer ';

/**
 * Creates the middleware that lets a request pass only with a token that one of the services accepts.
 *
 * The request then has a security context. Otherwise the error handler gets one of: MissingTokenError,
 * InvalidRequestError, InvalidTokenError, UpstreamError.
 */
export function createAuthentication(services: readonly Service[], verified: VerifiedTokens): RequestHandler {
  Token.enableDecodeCache({ impl: verified.decodeCache });
  const authenticator = new Authenticator();
  // The strategy's types promise less than passport's: it has `authenticate`, which is all that passport calls.
  authenticator.use('JWT', new XssecPassportStrategy([...services]) as unknown as Strategy);
  const checkToken = authenticator.authenticate('JWT', { session: false, failWithError: true }) as RequestHandler;

  return function authenticate(req, res, next) {
    const jwt = readBearerToken(req);
    if (!verified.has(jwt) && !SIGNED_JWT.test(jwt)) {
      throw new InvalidTokenError('The token cannot be read as a signed JSON Web Token.', {
        detail: `not three parts of base64url, but ${jwt.length} other characters`,
      });
    }
    // The strategy takes what stands between the first blank of the header and the next.
    if (req.headers.authorization?.length !== BEARER.length + jwt.length) req.headers.authorization = BEARER + jwt;
    checkToken(req, res, (failure?: unknown) => {
      if (failure !== undefined) return next(refusedToken(refusalOf(req) ?? failure));
      if (verified.has(jwt)) return next();
      const { token } = securityContextOf(req);
      const problem = findHeaderProblem(token.header);
      if (problem === undefined) verified.remember(jwt, token);
      next(problem);
    });
  };
}
