import type { BoundParts } from '../src/bound-parts';
import { warnOfExpiry } from '../src/certificate-expiry';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-22T12:00:00Z');

const partsWith = (...daysLeft: readonly number[]): { current: BoundParts } => {
  const certificates = daysLeft.map((days) => ({
    name: `/app ${days}`,
    notAfter: new Date(NOW + days * DAY_MS + 1).toISOString(),
  }));
  // Nothing else of them is looked at.
  return { current: { scenarios: [], login: { certificates: () => certificates } } as unknown as BoundParts };
};

describe('warnOfExpiry', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOW }));
  afterEach(() => jest.useRealTimers());

  it('warns at the start of what has ended or ends within three days, the first to end first', () => {
    const warn = jest.fn();
    warnOfExpiry(partsWith(3, 2, -1), { warn })();
    expect(warn.mock.calls).toEqual([
      [expect.objectContaining({ used_by: '/app -1', days_left: -1 }), 'a client certificate has expired: renew it'],
      [expect.objectContaining({ used_by: '/app 2', days_left: 2 }), 'a client certificate expires soon: renew it'],
    ]);
  });

  it('warns anew each day, of the certificates that are in use then, until it is ended', () => {
    const warn = jest.fn();
    const parts = partsWith(3);
    const stop = warnOfExpiry(parts, { warn });
    expect(warn).not.toHaveBeenCalled();
    jest.advanceTimersByTime(DAY_MS);
    expect(warn).toHaveBeenCalledTimes(1);
    parts.current = partsWith(30).current;
    jest.advanceTimersByTime(DAY_MS);
    expect(warn).toHaveBeenCalledTimes(1);
    parts.current = partsWith(0).current;
    stop();
    jest.advanceTimersByTime(2 * DAY_MS);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
