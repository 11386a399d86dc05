import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../findings';
import { computeThumbprint, formatName } from '../pki/certificate';
import { computeNotice, countDaysLeft, endOf, formatDays } from '../pki/validity';

/** A certificate with its issuers, and where it was found. */
export interface FoundChain {
  /** Which one of its source it is, e.g. the service instance; empty where the source has one only. */
  readonly name: string;
  /** The certificate itself first. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
}

export type ExpiryState = 'expired' | 'expires soon' | 'valid';

/** When a certificate stops working; nothing in it is secret. */
export interface WatchedCertificate {
  readonly source: string;
  readonly name: string;
  readonly subject: string;
  /** base64url(SHA-256(DER)), RFC 8705 §3.1. */
  readonly 'x5t#S256': string;
  /** ISO 8601: the end of the certificate, or of one of its issuers that ends before. */
  readonly notAfter: string;
  /** Whole days until then, negative once it is over. */
  readonly daysLeft: number;
  readonly state: ExpiryState;
  /** The subject of the issuer that ends before the certificate. */
  readonly endsWith?: string;
}

export interface WatchOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** From how many days left on it expires soon; default: 30, or a third of its life where that is less. */
  readonly warnDays: number | undefined;
}

/** Finds the end of a chain: an issuer that ends first makes the certificate useless, too. */
export function watchChain(
  source: string,
  { name, chain }: FoundChain,
  { now, warnDays }: WatchOptions,
): WatchedCertificate {
  const [leaf] = chain;
  const first = chain.reduce((one, other) => (endOf(other) < endOf(one) ? other : one));
  const end = endOf(first);
  const daysLeft = countDaysLeft(first, now);
  const soon = warnDays ?? computeNotice(leaf);
  return {
    source,
    name,
    subject: formatName(leaf.subject),
    'x5t#S256': computeThumbprint(leaf),
    notAfter: new Date(end).toISOString(),
    daysLeft,
    state: end <= now ? 'expired' : daysLeft <= soon ? 'expires soon' : 'valid',
    ...(first !== leaf && { endsWith: formatName(first.subject) }),
  };
}

/** Those that end first come first. */
export function sortByEnd(certificates: readonly WatchedCertificate[]): WatchedCertificate[] {
  return certificates.toSorted((one, other) => Date.parse(one.notAfter) - Date.parse(other.notAfter));
}

/** Finds a certificate that is over or will be soon. */
export function judgeEnd(
  { state, subject, notAfter, daysLeft, endsWith }: WatchedCertificate,
  where: string,
): Finding[] {
  if (state === 'valid') return [];
  const isOver = state === 'expired';
  const what = endsWith === undefined ? `"${subject}"` : `"${endsWith}", which issued "${subject}",`;
  const over = endsWith === undefined ? 'certificate-expired' : 'issuer-expired';
  return [
    {
      code: isOver ? over : 'certificate-expires-soon',
      severity: isOver ? 'error' : 'warning',
      where,
      message: `${what} ${isOver ? 'expired' : `expires in ${formatDays(daysLeft)},`} on ${notAfter}.`,
      remedy: `Renew it${isOver ? '' : ' before'}: bind anew, or create the service key again, then deploy what was made from it (docs/rotation.md).`,
    },
  ];
}
