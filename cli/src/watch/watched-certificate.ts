import type { X509Certificate } from 'node:crypto';
import { computeThumbprint, formatName } from '../pki/certificate';

const DAY_MS = 86_400_000;
/** Certificates of a year get this notice; those of a binding live shorter than that. */
const NOTICE_DAYS = 30;

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
  readonly thumbprint: string;
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
  const daysLeft = Math.floor((end - now) / DAY_MS);
  const soon = warnDays ?? defaultNotice(leaf);
  return {
    source,
    name,
    subject: formatName(leaf.subject),
    thumbprint: computeThumbprint(leaf),
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

/** XSUAA and IAS issue certificates for 1 to 30 days: a notice of 30 days would be an alarm that never ends. */
function defaultNotice(leaf: X509Certificate): number {
  const life = (endOf(leaf) - Date.parse(leaf.validFrom)) / DAY_MS;
  return Math.min(NOTICE_DAYS, Math.floor(life / 3));
}

function endOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}
