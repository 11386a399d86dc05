import { XsuaaSecurityContext } from '@sap/xssec';
import type { Request, RequestHandler } from 'express';
import { InsufficientScopeError } from './bearer-errors';
import { OAuthIssuer } from './oauth-issuer';
import { securityContextOf, verifiedClaims } from './security-context';

/**
 * Creates the middleware that demands a scope after authentication: a local one of XSUAA (`<xsappname>.<scope>` in the
 * token), or one among the blank-separated text of authorization servers of other vendors (RFC 9068 §2.2.3).
 */
export function requireScope(scope: string): RequestHandler {
  return function checkScope(req, _res, next) {
    if (!isGranted(req, scope)) throw new InsufficientScopeError(scope);
    next();
  };
}

function isGranted(req: Request, scope: string): boolean {
  const context = securityContextOf(req);
  if (context instanceof XsuaaSecurityContext) return context.checkLocalScope(scope);
  // Only these: a claim of this name in a token of Identity grants nothing.
  if (!(context.service instanceof OAuthIssuer)) return false;
  const { scope: granted } = verifiedClaims(req);
  return typeof granted === 'string' && granted.split(' ').includes(scope);
}
