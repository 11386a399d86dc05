import { createHash, type X509Certificate } from 'node:crypto';
import { namesKey, type CertificateRoles, type RenewableEntry, type RoleEntry } from './certificate-roles';
import { readCertificateName } from './distinguished-name';
import type { Renewals } from './renewals';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Who presented a certificate. */
export interface Caller extends RoleEntry {
  readonly certificate: X509Certificate;
  /** base64url, as in `x5t#S256`. */
  readonly thumbprint: string;
  /** Whether it is exactly this certificate that is known, or its names and its issuer. */
  readonly knownBy: 'thumbprint' | 'names';
}

export type Identification =
  | { readonly kind: 'known'; readonly caller: Caller }
  | { readonly kind: 'not-valid'; readonly from: string; readonly to: string }
  /** Its extended key usage does not have clientAuth. */
  | { readonly kind: 'wrong-purpose' }
  | { readonly kind: 'unknown'; readonly thumbprint: string }
  /** It has the names of an entry, but none of the issuers has signed it. */
  | { readonly kind: 'forged'; readonly thumbprint: string; readonly entry: string }
  /** It is older than one that was accepted before, or than the entry allows. */
  | { readonly kind: 'outdated'; readonly entry: string; readonly from: string }
  | { readonly kind: 'ambiguous'; readonly entries: readonly string[] };

export interface IdentificationContext {
  readonly roles: CertificateRoles;
  readonly renewals: Renewals;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Finds out whom a certificate stands for. That the client has its key is what the platform has seen to; its validity, its purpose
 * and, where names are all that is known of it, its signature are checked here.
 */
export function identifyCaller(certificate: X509Certificate, context: IdentificationContext): Identification {
  const { validFrom, validTo } = certificate;
  const { roles, now } = context;
  const isValid = Date.parse(validFrom) <= now && now < Date.parse(validTo);
  if (!isValid) return { kind: 'not-valid', from: validFrom, to: validTo };
  if (!mayAuthenticateClients(certificate)) return { kind: 'wrong-purpose' };
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  const pinned = roles.pinned.get(thumbprint);
  const renewable = findByNames(certificate, roles);
  // SAP Help: a certificate with pinning beside one without, of the same names, is rejected.
  if (pinned !== undefined && renewable !== undefined)
    return { kind: 'ambiguous', entries: [pinned.name, renewable.name] };
  if (pinned !== undefined) return known(pinned, { certificate, thumbprint, knownBy: 'thumbprint' });
  if (renewable === undefined) return { kind: 'unknown', thumbprint };
  return checkRenewable(renewable, { certificate, thumbprint, knownBy: 'names' }, context);
}

type Seen = Omit<Caller, keyof RoleEntry>;

function checkRenewable(
  entry: RenewableEntry,
  seen: Seen,
  { roles, renewals, now }: IdentificationContext,
): Identification {
  const { certificate, thumbprint } = seen;
  const { key, issuedAfterMs = 0, name } = entry;
  if (!isSigned(certificate, roles.issuers, now)) return { kind: 'forged', thumbprint, entry: name };
  const issuedAt = Date.parse(certificate.validFrom);
  if (issuedAt < issuedAfterMs || renewals.isOutdated(key, issuedAt, now))
    return { kind: 'outdated', entry: name, from: certificate.validFrom };
  renewals.record(key, issuedAt);
  return known(entry, seen);
}

function known({ name, roles }: RoleEntry, seen: Seen): Identification {
  return { kind: 'known', caller: { name, roles, ...seen } };
}

function findByNames(
  { subject, issuer }: X509Certificate,
  { renewable }: CertificateRoles,
): RenewableEntry | undefined {
  if (renewable.size === 0) return undefined;
  const names = [readCertificateName(subject), readCertificateName(issuer)] as const;
  return names[0] === undefined || names[1] === undefined ? undefined : renewable.get(namesKey(names[0], names[1]));
}

/** RFC 5280 §6.1.3 for one step: an issuer that is valid now, may issue certificates, and has signed this one. */
function isSigned(certificate: X509Certificate, issuers: readonly X509Certificate[], now: number): boolean {
  return issuers.some(
    (issuer) =>
      Date.parse(issuer.validFrom) <= now &&
      now < Date.parse(issuer.validTo) &&
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey),
  );
}

/** RFC 5280 §4.2.1.12: without the extension, any purpose is allowed. */
function mayAuthenticateClients({ keyUsage }: X509Certificate): boolean {
  // Node's types do not say that it can be missing.
  const purposes = keyUsage as readonly string[] | undefined;
  return purposes === undefined || purposes.includes(CLIENT_AUTH);
}
