import type { X509Certificate } from 'node:crypto';

const DAY_MS = 86_400_000;
/** Certificates of a year get this notice; those of a binding live shorter than that. */
const NOTICE_DAYS = 30;

/** Milliseconds since the epoch. */
export function endOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

/**
 * Counts the whole days until a certificate is over, negative once it is.
 * @param now milliseconds since the epoch.
 */
export function countDaysLeft(certificate: X509Certificate, now: number): number {
  return Math.floor((endOf(certificate) - now) / DAY_MS);
}

/**
 * Computes from how many days left on a certificate expires soon: 30, or a third of its life where that is less. XSUAA and
 * IAS issue certificates for 1 to 30 days: a notice of 30 days would be an alarm that never ends.
 */
export function computeNotice(certificate: X509Certificate): number {
  const life = (endOf(certificate) - Date.parse(certificate.validFrom)) / DAY_MS;
  return Math.min(NOTICE_DAYS, Math.floor(life / 3));
}

export function formatDays(days: number): string {
  return days === 1 ? 'one day' : `${days} days`;
}
