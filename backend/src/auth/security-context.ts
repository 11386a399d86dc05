import type { SecurityContext, Service, Token } from '@sap/xssec';
import type { Request } from 'express';

/** The claims of a token that passed every check. */
export type VerifiedClaims = Readonly<Record<string, unknown>>;

/** What @sap/xssec's strategy leaves on a request: the context of an accepted token, or why there is none. */
interface AuthenticatedRequest {
  readonly securityContext?: SecurityContext<Service, Token>;
  readonly xssecError?: unknown;
}

/** @throws {Error} when the route does not authenticate its requests: a bug. */
export function securityContextOf(req: Request): SecurityContext<Service, Token> {
  const { securityContext } = req as AuthenticatedRequest;
  if (securityContext === undefined) throw new Error('This route reads claims but does not authenticate.');
  return securityContext;
}

/** @throws {Error} when the route does not authenticate its requests: a bug. */
export function verifiedClaims(req: Request): VerifiedClaims {
  return securityContextOf(req).token.payload;
}

/** The error with which @sap/xssec refused the request's token; undefined when it did not. */
export function refusalOf(req: Request): unknown {
  return (req as AuthenticatedRequest).xssecError;
}
