import { createSecurityContext, type Service } from '@sap/xssec';
import type { Request, RequestHandler } from 'express';
import { Authenticator, Strategy } from 'passport';
import { readBearerToken } from './bearer-token';
import { decodeToken } from './decode-token';
import { refusedToken } from './refused-token';
import { securityContextProperty, type AcceptedContext } from './security-context';
import { findHeaderProblem } from './token-header';
import type { VerifiedTokens } from './verified-tokens';

/**
 * Creates the middleware that lets a request pass only with a token that one of the services accepts.
 *
 * The request then has a security context. Otherwise the error handler gets one of: MissingTokenError,
 * InvalidRequestError, InvalidTokenError, UpstreamError.
 */
export function createAuthentication(services: readonly Service[], verified: VerifiedTokens): RequestHandler {
  const authenticator = new Authenticator();
  authenticator.use('JWT', new TokenStrategy((req) => acceptToken(req, services, verified)));
  const options = { session: false, assignProperty: securityContextProperty, authInfo: false };
  return authenticator.authenticate('JWT', options) as RequestHandler;
}

/** Not @sap/xssec's own strategy: that one also reads the headers once more, in its own way. */
class TokenStrategy extends Strategy {
  constructor(readonly accept: (req: Request) => Promise<AcceptedContext>) {
    super();
  }

  /** passport calls it on an object of its own for each request. */
  override authenticate(req: Request): void {
    this.accept(req).then(
      (context) => this.success(context),
      (error: unknown) => this.error(refusedToken(error)),
    );
  }
}

async function acceptToken(
  req: Request,
  services: readonly Service[],
  verified: VerifiedTokens,
): Promise<AcceptedContext> {
  const jwt = readBearerToken(req);
  const correlation = readCorrelationId(req);
  const known = verified.get(jwt);
  if (known !== undefined) {
    // The same checks again: the token may have expired since, and its key may have been withdrawn.
    await known.service.validateToken(known.token, correlation);
    return known;
  }
  const token = decodeToken(jwt);
  // Nothing else of the request: the context outlives it. Its certificate is none of the library's business here.
  const config = { ...correlation, jwt, token, clientCertificatePem: '' };
  const context: AcceptedContext = await createSecurityContext([...services], config);
  const problem = findHeaderProblem(token.header);
  if (problem !== undefined) throw problem;
  verified.remember(context);
  return context;
}

/** The request's id, for what the library asks of the issuer. */
function readCorrelationId({ headers }: Request): { readonly correlationId?: string } {
  const id = headers['x-correlation-id'] ?? headers['x-vcap-request-id'];
  return typeof id === 'string' ? { correlationId: id } : {};
}
