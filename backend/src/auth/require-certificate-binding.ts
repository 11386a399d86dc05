import type { Request, RequestHandler } from 'express';
import type { InvalidTokenError } from './bearer-errors';
import * as refusals from './binding-refusals';
import { KnownCertificates, verifyCertificateBinding } from './certificate-binding';
import { isCertificateRoute } from './certificate-route';
import { parseCertificate, readClientCertificate, type CertificateHeader } from './client-certificate';
import { listHeaderValues } from './raw-headers';
import { verifiedClaims, type VerifiedClaims } from './security-context';

export interface CertificateBindingPolicy {
  /** Hosts of the certificate routes, in lower case. */
  readonly routes: readonly string[];
  /** In which header, and so in which form, the platform passes the client's certificate on. */
  readonly header: CertificateHeader;
  /** Which tokens a certificate route accepts: only bound ones, or unbound ones as well. */
  readonly onCertificateRoutes: 'required' | 'if-bound';
  /** What becomes of bound tokens on routes where no certificate can arrive. */
  readonly boundOnPlainRoutes: 'refuse' | 'accept';
}

/**
 * Creates the middleware that lets a bound token pass only with the certificate that it is bound to (RFC 8705 §3); the rule
 * is one for the tokens of all issuers. It stands behind authentication.
 *
 * On plain routes no certificate can arrive, so bound tokens are refused there: a thief would simply take that way.
 */
export function requireCertificateBinding(policy: CertificateBindingPolicy): RequestHandler {
  const hosts = new Set(policy.routes);
  const onCertificateRoutes = { ...policy, known: new KnownCertificates() };
  return function checkCertificateBinding(req, _res, next) {
    const claims = verifiedClaims(req);
    const refusal = isCertificateRoute(req, hosts)
      ? refuseOnCertificateRoute(req, claims, onCertificateRoutes)
      : refuseOnPlainRoute(req, claims, policy);
    if (refusal !== undefined) throw refusal;
    next();
  };
}

function refuseOnCertificateRoute(
  { rawHeaders }: Request,
  claims: VerifiedClaims,
  { header, onCertificateRoutes, known }: CertificateBindingPolicy & { known: KnownCertificates },
): InvalidTokenError | undefined {
  const [text, second] = listHeaderValues(rawHeaders, header);
  if (text !== undefined && second === undefined && known.has(claims, text)) return undefined;
  const presented = readClientCertificate(rawHeaders, header);
  if (presented.kind === 'unreadable') return refusals.unreadableCertificate(header, presented.reason);
  const der = presented.kind === 'present' ? presented.der : undefined;
  const verdict = verifyCertificateBinding(claims, der);
  if (verdict.kind === 'bound') {
    if (text !== undefined) known.remember(claims, text);
    return undefined;
  }
  if (der !== undefined && parseCertificate(der) === undefined) {
    return refusals.unreadableCertificate(header, 'not one X.509 certificate');
  }
  if (verdict.kind === 'unbound') return onCertificateRoutes === 'required' ? refusals.unboundToken() : undefined;
  if (verdict.kind === 'unreadable-confirmation') return refusals.unreadableConfirmation(claims['cnf']);
  return verdict.kind === 'no-certificate' ? refusals.noCertificate(verdict) : refusals.otherCertificate(verdict);
}

function refuseOnPlainRoute(
  { rawHeaders }: Request,
  claims: VerifiedClaims,
  { header, routes, boundOnPlainRoutes }: CertificateBindingPolicy,
): InvalidTokenError | undefined {
  if (readClientCertificate(rawHeaders, header).kind !== 'absent') return refusals.certificateOnPlainRoute(header);
  const verdict = verifyCertificateBinding(claims, undefined);
  if (verdict.kind === 'unreadable-confirmation') return refusals.unreadableConfirmation(claims['cnf']);
  const isRefused = verdict.kind === 'no-certificate' && boundOnPlainRoutes === 'refuse';
  return isRefused ? refusals.boundOnPlainRoute(verdict, routes) : undefined;
}
