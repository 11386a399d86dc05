import { InvalidTokenError } from './bearer-errors';
import type { BindingVerdict } from './certificate-binding';
import { excerptClaim } from './claim-excerpt';
import type { CertificateHeader } from './client-certificate';

/** The setting that accepts bound tokens where no certificate can arrive. */
export const ACCEPT_SETTING = 'ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES';

type Verdict<K extends BindingVerdict['kind']> = Extract<BindingVerdict, { kind: K }>;

export function noCertificate({ expected }: Verdict<'no-certificate'>): InvalidTokenError {
  return new InvalidTokenError(
    'The token is bound to a client certificate, and none came with the request: present the certificate that the token ' +
      'was fetched with in the TLS handshake.',
    { detail: `no certificate: the token is bound to ${expected}` },
  );
}

export function otherCertificate({ expected, presented }: Verdict<'other-certificate'>): InvalidTokenError {
  return new InvalidTokenError(
    'The token is bound to another client certificate than the one that came with the request: present the certificate ' +
      'that the token was fetched with.',
    { detail: `another certificate: the token is bound to ${expected}, presented was ${presented}` },
  );
}

export function unreadableCertificate(header: CertificateHeader, reason: string): InvalidTokenError {
  return new InvalidTokenError(
    `The client certificate that came with the request cannot be read: ${header} must hold exactly one, as the platform ` +
      'writes it.',
    { detail: `unreadable certificate: ${reason}` },
  );
}

export function certificateOnPlainRoute(header: CertificateHeader): InvalidTokenError {
  return new InvalidTokenError(
    `The header ${header} came on a route where no client certificate can arrive, so it is not believed.`,
    { detail: `forged, or not through the router: ${header} on a plain route` },
  );
}

/** @param routes hosts of the app's certificate routes */
export function boundOnPlainRoute(
  { expected }: Verdict<'no-certificate'>,
  routes: readonly string[],
): InvalidTokenError {
  const certificateRoute =
    routes.length === 0
      ? 'map a certificate route to this app and call it there'
      : `call this app on its certificate route ${routes.join(' or ')}`;
  return new InvalidTokenError(
    `The token is bound to a client certificate, which cannot arrive on this route: ${certificateRoute} with that ` +
      `certificate, or set ${ACCEPT_SETTING} to true here, which accepts stolen tokens, too.`,
    { detail: `bound token on a plain route: the token is bound to ${expected}` },
  );
}

export function unboundToken(): InvalidTokenError {
  return new InvalidTokenError(
    'This route accepts only tokens that are bound to a client certificate: fetch the token over mutual TLS.',
    { detail: 'unbound token where a bound one is required' },
  );
}

export function unreadableConfirmation(cnf: unknown): InvalidTokenError {
  return new InvalidTokenError(
    'The token is bound, but not to the SHA-256 thumbprint of a client certificate (member x5t#S256 of its claim cnf).',
    { detail: `unreadable confirmation: cnf is ${excerptClaim(cnf)}` },
  );
}
