import type { Current } from '@mtls/platform';
import type { Request, RequestHandler } from 'express';
import { isCertificateRoute } from '../auth/certificate-route';
import { parseCertificate, readClientCertificate } from '../auth/client-certificate';
import type { CertificateBindingPolicy } from '../auth/require-certificate-binding';
import type { CertificateRoles } from './certificate-roles';
import { identifyCaller, type Caller } from './identify-caller';
import * as refusals from './inbound-refusals';
import { Renewals } from './renewals';

export interface InboundContext {
  readonly policy: Pick<CertificateBindingPolicy, 'routes' | 'header'>;
  readonly roles: Current<CertificateRoles>;
}

const callers = new WeakMap<Request, Caller>();

/** Who calls, behind the middleware. */
export function callerOf(req: Request): Caller {
  const caller = callers.get(req);
  if (caller === undefined) throw new Error('requireCertificateRole stands before this handler.');
  return caller;
}

/**
 * Creates the middleware factory for routes where a client certificate is all that authorises a call: no token is looked at. A
 * certificate counts on certificate routes only, where the platform writes the header itself.
 */
export function createCertificateRoleCheck({ policy, roles }: InboundContext): (role: string) => RequestHandler {
  const { routes, header } = policy;
  const hosts = new Set(routes);
  const renewals = new Renewals();
  return (role) =>
    function checkCertificateRole(req, _res, next) {
      const presented = readClientCertificate(req.rawHeaders, header);
      if (!isCertificateRoute(req, hosts))
        throw presented.kind === 'absent' ? refusals.plainRoute(routes) : refusals.headerOnPlainRoute(header);
      if (presented.kind === 'absent') throw refusals.noCertificate();
      if (presented.kind === 'unreadable') throw refusals.unreadableCertificate(header, presented.reason);
      const certificate = parseCertificate(presented.der);
      if (certificate === undefined) throw refusals.unreadableCertificate(header, 'not one X.509 certificate');
      const found = identifyCaller(certificate, { roles: roles.current, renewals, now: Date.now() });
      if (found.kind !== 'known') throw refusals.notIdentified(found);
      if (!found.caller.roles.has(role)) throw refusals.missingRole(found.caller, role);
      callers.set(req, found.caller);
      next();
    };
}
