/** RFC 3339 in UTC, whole seconds: `2026-08-20T10:11:30Z`. */
export function formatInstant(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Local time as `cf app` shows an upload: `Thu 20 Aug 10:11:12 UTC 2026`. */
export function formatUploadTime(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((entry) => entry.type === type)?.value ?? '';
  // Some ICU versions write "Sept" in British English.
  const month = part('month').slice(0, 3);
  const clock = `${part('hour')}:${part('minute')}:${part('second')}`;
  return `${part('weekday')} ${part('day')} ${month} ${clock} ${part('timeZoneName')} ${part('year')}`;
}

/** Local time of a log line, with two decimals and its zone: `2026-01-02T15:04:05.00-0700`. */
export function formatLogTime(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString();
  const zone = Math.abs(offset);
  const hours = String(Math.floor(zone / 60)).padStart(2, '0');
  const minutes = String(zone % 60).padStart(2, '0');
  return `${local.slice(0, 22)}${offset < 0 ? '-' : '+'}${hours}${minutes}`;
}
