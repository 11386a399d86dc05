import { KeySetLimit } from '../../src/auth/key-set-limit';

describe('KeySetLimit', () => {
  it('lets a thousand key sets be remembered, however often each is asked for, and then has all of them forgotten', async () => {
    const limit = new KeySetLimit();
    const cache = { clear: jest.fn(() => Promise.resolve()) };
    for (let round = 0; round < 2; round += 1)
      for (let index = 0; index < 1000; index += 1) await limit.admit(`zone-${index}`, cache);
    expect(cache.clear).not.toHaveBeenCalled();
    for (let index = 1000; index < 2000; index += 1) await limit.admit(`zone-${index}`, cache);
    expect(cache.clear).toHaveBeenCalledTimes(1);
    await limit.admit('zone-0', cache);
    expect(cache.clear).toHaveBeenCalledTimes(2);
  });
});
