import type { SecurityContext, Service, Token } from '@sap/xssec';
import type { Request } from 'express';

/** What @sap/xssec makes of a token that one of the services accepted. */
export type AcceptedContext = SecurityContext<Service, Token>;

/** The claims of a token that passed every check. */
export type VerifiedClaims = Readonly<Record<string, unknown>>;

/** Where a request has its security context. */
export const securityContextProperty = 'securityContext';

/** @throws {Error} when the route does not authenticate its requests: a bug. */
export function securityContextOf(req: Request): AcceptedContext {
  const { securityContext } = req as { readonly [securityContextProperty]?: AcceptedContext };
  if (securityContext === undefined) throw new Error('This route reads claims but does not authenticate.');
  return securityContext;
}

/** @throws {Error} when the route does not authenticate its requests: a bug. */
export function verifiedClaims(req: Request): VerifiedClaims {
  return securityContextOf(req).token.payload;
}
