import { tokenLifetime } from '../../src/tokens/token-lifetime';

const HOUR = 3_600_000;
const NEVER = Number.POSITIVE_INFINITY;

describe('tokenLifetime', () => {
  it('refreshes a long-lived token 5 minutes before its end and drops it 10 s before', () => {
    expect(tokenLifetime(0, 12 * HOUR, NEVER)).toEqual({
      refreshAt: 12 * HOUR - 300_000,
      expiresAt: 12 * HOUR - 10_000,
    });
  });

  it('refreshes a short-lived token in the last quarter of its life and drops it in the last twentieth', () => {
    expect(tokenLifetime(1000, 60_000, NEVER)).toEqual({ refreshAt: 46_000, expiresAt: 58_000 });
  });

  it('refreshes at the greatest age, whatever the life', () => {
    expect(tokenLifetime(0, 12 * HOUR, 300_000).refreshAt).toBe(300_000);
    expect(tokenLifetime(0, 60_000, 300_000).refreshAt).toBe(45_000);
  });

  it('makes a token without life useless at once', () => {
    expect(tokenLifetime(5, 0, NEVER)).toEqual({ refreshAt: 5, expiresAt: 5 });
  });
});
