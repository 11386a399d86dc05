import { formatInstant, formatLogTime, formatUploadTime } from '../../src/cf/command/time';

const date = new Date('2026-08-20T10:11:12.345Z');

describe('times as cf prints them', () => {
  it('prints an instant in UTC without fractions', () => {
    expect(formatInstant(date)).toBe('2026-08-20T10:11:12Z');
  });

  it('prints the upload in local time with its zone', () => {
    expect(formatUploadTime(date)).toMatch(/^Thu 20 Aug \d\d:11:12 \S+ 2026$/);
  });

  it('prints the time of a log line in local time with two decimals and an offset that gives the same instant', () => {
    const text = formatLogTime(date);
    expect(text).toMatch(/^2026-08-\d\dT\d\d:\d\d:12\.34[+-]\d{4}$/);
    expect(new Date(text.replace(/(\d\d)$/, ':$1')).getTime()).toBe(date.getTime() - 5);
  });
});
