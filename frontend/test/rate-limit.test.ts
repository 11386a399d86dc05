import { RateLimit } from '../src/rate-limit';

describe('RateLimit', () => {
  const create = () => new RateLimit({ capacity: 3, refillMs: 1000 });

  it('allows as many at once as it holds, and then says how long to wait', () => {
    const limit = create();
    expect([0, 0, 0, 0].map((now) => limit.take(now))).toEqual([0, 0, 0, 1000]);
    expect(limit.take(400)).toBe(600);
  });

  it('allows one more each time that the interval has passed', () => {
    const limit = create();
    for (let taken = 0; taken < 3; taken += 1) limit.take(0);
    expect(limit.take(1000)).toBe(0);
    expect(limit.take(1000)).toBeGreaterThan(0);
    expect(limit.take(2000)).toBe(0);
  });

  it('never holds more than its capacity, however long nothing was taken', () => {
    const limit = create();
    expect([1e9, 1e9, 1e9, 1e9].map((now) => limit.take(now) === 0)).toEqual([true, true, true, false]);
  });

  it('takes nothing when there is none left, so that impatience does not delay the next', () => {
    const limit = create();
    for (let taken = 0; taken < 3; taken += 1) limit.take(0);
    for (let now = 100; now < 1000; now += 100) expect(limit.take(now)).toBeGreaterThan(0);
    expect(limit.take(1000)).toBe(0);
  });
});
