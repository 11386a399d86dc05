const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** How much of a certificate's life is left, for words and colour. */
export type Validity = 'valid' | 'expires-soon' | 'expired' | 'not-yet-valid';

/** Below this, or a tenth of the life, a certificate is due: the default life of a generated one is a week. */
const SOON = 2 * DAY;

export function judgeValidity(period: { notBefore?: string; notAfter: string }, now: Date): Validity {
  const end = Date.parse(period.notAfter);
  const begin = period.notBefore === undefined ? undefined : Date.parse(period.notBefore);
  if (now.getTime() >= end) return 'expired';
  if (begin !== undefined && now.getTime() < begin) return 'not-yet-valid';
  const due = begin === undefined ? SOON : Math.max(SOON, (end - begin) / 10);
  return end - now.getTime() <= due ? 'expires-soon' : 'valid';
}

/** Tells the distance of two moments in its largest unit, rounded down, e.g. `6 days`, `17 hours`. */
export function formatDistance(milliseconds: number): string {
  const distance = Math.abs(milliseconds);
  if (distance >= DAY) return count(Math.floor(distance / DAY), 'day');
  if (distance >= HOUR) return count(Math.floor(distance / HOUR), 'hour');
  if (distance >= MINUTE) return count(Math.floor(distance / MINUTE), 'minute');
  return 'less than a minute';
}

/** Says when a moment is or was, e.g. `in 6 days` or `2 hours ago`. */
export function formatRelative(moment: Date, now: Date): string {
  const distance = moment.getTime() - now.getTime();
  return distance >= 0 ? `in ${formatDistance(distance)}` : `${formatDistance(distance)} ago`;
}

/** Formats a moment in UTC to the minute, e.g. `2026-11-22 09:05 UTC`; an unreadable one stays as it is. */
export function formatMoment(moment: string | Date): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? String(moment) : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Formats any JSON value with indentation; text that is no JSON is returned as it is. */
export function formatJson(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

function count(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
