import { formatDistance, formatJson, formatMoment, formatRelative, judgeValidity } from '../../src/pages/format';

const now = new Date('2026-11-22T09:00:00Z');
const DAY = 86_400_000;
const inDays = (days: number): string => new Date(now.getTime() + days * DAY).toISOString();

describe('judgeValidity', () => {
  it('takes a certificate with more than two days and a tenth of its life left for valid', () => {
    expect(judgeValidity({ notBefore: inDays(-4), notAfter: inDays(3) }, now)).toBe('valid');
    expect(judgeValidity({ notAfter: inDays(3) }, now)).toBe('valid');
  });

  it('warns two days before the end', () => {
    expect(judgeValidity({ notBefore: inDays(-5), notAfter: inDays(2) }, now)).toBe('expires-soon');
    expect(judgeValidity({ notAfter: inDays(1.9) }, now)).toBe('expires-soon');
  });

  it('warns a tenth of its life before the end of a long-lived certificate', () => {
    expect(judgeValidity({ notBefore: inDays(-330), notAfter: inDays(35) }, now)).toBe('expires-soon');
    expect(judgeValidity({ notBefore: inDays(-325), notAfter: inDays(40) }, now)).toBe('valid');
  });

  it('tells an expired certificate, from the very moment on', () => {
    expect(judgeValidity({ notAfter: now.toISOString() }, now)).toBe('expired');
  });

  it('tells a certificate that is not valid yet', () => {
    expect(judgeValidity({ notBefore: inDays(1), notAfter: inDays(8) }, now)).toBe('not-yet-valid');
  });
});

describe('formatDistance', () => {
  it.each([
    [6.9 * DAY, '6 days'],
    [-DAY, '1 day'],
    [DAY - 1, '23 hours'],
    [61_000, '1 minute'],
    [59_999, 'less than a minute'],
  ])('says %d ms as %s', (milliseconds, text) => {
    expect(formatDistance(milliseconds)).toBe(text);
  });
});

describe('formatRelative', () => {
  it('says what is to come and what is over', () => {
    expect(formatRelative(new Date(now.getTime() + 2 * DAY), now)).toBe('in 2 days');
    expect(formatRelative(new Date(now.getTime() - 3_600_000), now)).toBe('1 hour ago');
  });
});

describe('formatMoment', () => {
  it('writes a moment in UTC to the minute', () => {
    expect(formatMoment('2026-11-22T10:05:59+01:00')).toBe('2026-11-22 09:05 UTC');
  });

  it('leaves a text that is no moment as it is', () => {
    expect(formatMoment('soon')).toBe('soon');
  });
});

describe('formatJson', () => {
  it('indents JSON and leaves text alone', () => {
    expect(formatJson({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(formatJson('plain')).toBe('plain');
  });

  it('shows nothing for no value', () => {
    expect(formatJson(undefined)).toBe('');
  });
});
