import { XsuaaSecurityContext } from '@sap/xssec';
import type { RequestHandler } from 'express';
import { InsufficientScopeError } from './bearer-errors';
import { securityContextOf } from './security-context';

/** Creates the middleware that demands a local scope (`<xsappname>.<scope>` in the token) after authentication. */
export function requireScope(scope: string): RequestHandler {
  return function checkScope(req, _res, next) {
    const context = securityContextOf(req);
    const granted = context instanceof XsuaaSecurityContext && context.checkLocalScope(scope);
    if (!granted) throw new InsufficientScopeError(scope);
    next();
  };
}
