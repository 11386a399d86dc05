import { exportJWK, generateKeyPair } from 'jose';
import { setImmediate } from 'node:timers/promises';
import { parseKeySet, type PublicKeySet } from '../../src/auth/key-set';
import { RefreshedKeySet } from '../../src/auth/refreshed-key-set';

const MINUTE = 60_000;

describe('RefreshedKeySet', () => {
  let first: PublicKeySet;
  let second: PublicKeySet;
  let now: number;
  let load: jest.Mock<Promise<PublicKeySet>, []>;
  let keys: RefreshedKeySet;

  beforeAll(async () => {
    [first, second] = [await makeKeySet('first'), await makeKeySet('second')];
  });
  beforeEach(() => {
    now = Date.now();
    load = jest.fn(() => Promise.resolve(first));
    keys = new RefreshedKeySet({ load, now: () => now });
  });

  it('loads the keys once for all that ask at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => find('first')));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('finds a key that was published since, by loading anew', async () => {
    await find('first');
    load.mockResolvedValue(second);
    now += MINUTE;
    await find('second');
    expect(load).toHaveBeenCalledTimes(2);
    await expect(find('first')).rejects.toThrow(/no applicable key/);
  });

  it('loads anew for unknown keys at most every half minute', async () => {
    await find('first');
    for (let second = 1; second < 30; second += 1) {
      now += 1000;
      await expect(find(`unknown-${second}`)).rejects.toThrow(/no applicable key/);
    }
    expect(load).toHaveBeenCalledTimes(1);
    now += 1000;
    await expect(find('unknown')).rejects.toThrow(/no applicable key/);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('loads in the background after a quarter of an hour', async () => {
    await find('first');
    now += 15 * MINUTE;
    load.mockResolvedValue({ keys: [...first.keys, ...second.keys] });
    await find('first');
    expect(load).toHaveBeenCalledTimes(2);
    await find('second');
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('lets nobody wait for keys in the background: the old ones serve, and one load is for all who come meanwhile', async () => {
    await find('first');
    now += 15 * MINUTE;
    let publish = (_keys: PublicKeySet): void => undefined;
    load.mockReturnValue(new Promise((resolve) => (publish = resolve)));
    await Promise.all(Array.from({ length: 10 }, () => find('first')));
    now += MINUTE;
    await find('first');
    expect(load).toHaveBeenCalledTimes(2);
    publish(second);
    await setImmediate();
    await find('second');
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('lives on with what it has while loading fails, for half an hour', async () => {
    await find('first');
    load.mockRejectedValue(new Error('away'));
    now += 29 * MINUTE;
    await find('first');
    await find('first');
    expect(load).toHaveBeenCalledTimes(2);
    now += MINUTE;
    await expect(find('first')).rejects.toThrow('away');
  });

  it('tries again after a first attempt that failed', async () => {
    load.mockRejectedValueOnce(new Error('away'));
    await expect(find('first')).rejects.toThrow('away');
    await find('first');
  });

  it('finds no key for another algorithm', async () => {
    await expect(keys.find({ alg: 'RS256', kid: 'first' })).rejects.toThrow(/no applicable key/);
  });

  const find = (kid: string) => keys.find({ alg: 'ES256', kid });
});

async function makeKeySet(kid: string): Promise<PublicKeySet> {
  const { publicKey } = await generateKeyPair('ES256');
  return parseKeySet({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] });
}
