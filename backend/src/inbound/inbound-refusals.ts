import type { AppError } from '../errors';
import type { CertificateHeader } from '../auth/client-certificate';
import type { Caller, Identification } from './identify-caller';
import { InvalidCertificateError, MissingCertificateError, MissingRoleError } from './inbound-errors';

export function plainRoute(routes: readonly string[]): AppError {
  return new MissingCertificateError(
    `No client certificate can arrive on this route: call this app on its certificate route ${routes.join(' or ')}.`,
    { detail: 'plain route' },
  );
}

export function headerOnPlainRoute(header: CertificateHeader): AppError {
  return new InvalidCertificateError(
    `The header ${header} came on a route where no client certificate can arrive, so it is not believed.`,
    { detail: `forged, or not through the router: ${header} on a plain route` },
  );
}

export function noCertificate(): AppError {
  return new MissingCertificateError(
    'No client certificate reached this app: present one in the TLS handshake, followed by its intermediate certificates. ' +
      'If you did, the platform has dropped it: its chain must reach an authority that the platform trusts.',
    { detail: 'no certificate' },
  );
}

export function unreadableCertificate(header: CertificateHeader, reason: string): AppError {
  return new InvalidCertificateError(
    `The client certificate that came with the request cannot be read: ${header} must hold exactly one, as the platform ` +
      'writes it.',
    { detail: `unreadable certificate: ${reason}` },
  );
}

type Refused = Exclude<Identification, { kind: 'known' }>;

/** Whoever presents a certificate learns what is wrong with it, but not which entries there are. */
export function notIdentified(refused: Refused): AppError {
  if (refused.kind === 'not-valid')
    return new InvalidCertificateError(
      `The client certificate is valid from ${refused.from} to ${refused.to}, and not now: present one that is.`,
      { detail: `validity: ${refused.from} to ${refused.to}` },
    );
  if (refused.kind === 'wrong-purpose')
    return new InvalidCertificateError(
      'The client certificate may not authenticate clients: its extended key usage lacks clientAuth.',
      { detail: 'extended key usage without clientAuth' },
    );
  if (refused.kind === 'outdated')
    return new InvalidCertificateError(
      `The client certificate, valid from ${refused.from}, has been replaced by a newer one: present that.`,
      { detail: `outdated: of ${refused.entry}, from ${refused.from}` },
    );
  if (refused.kind === 'ambiguous')
    return new InvalidCertificateError(
      'The client certificate is configured more than once here: by its thumbprint and by its names.',
      { detail: `ambiguous: entries ${refused.entries.join(' and ')}` },
    );
  const why =
    refused.kind === 'forged' ? `forged: it has the names of ${refused.entry}, but no issuer has signed it` : 'unknown';
  return new InvalidCertificateError(
    `The client certificate with the thumbprint ${refused.thumbprint} is not known here: whoever operates this app can give ` +
      'it roles.',
    { detail: `${why}; x5t#S256 ${refused.thumbprint}` },
  );
}

export function missingRole(
  { name, roles, thumbprint }: Pick<Caller, 'name' | 'roles' | 'thumbprint'>,
  role: string,
): AppError {
  return new MissingRoleError(`The client certificate does not have the role ${role}.`, {
    detail: `${name} (${thumbprint}) has ${[...roles].join(', ')}, not ${role}`,
  });
}
