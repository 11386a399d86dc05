import { judgeEnd, sortByEnd, watchChain } from '../../src/watch/watched-certificate';
import { issue, makeChain } from '../support/test-chain';

const DAY_MS = 86_400_000;

describe('watchChain', () => {
  it('takes a third of the life for the notice where no days are given, so that a new short-lived certificate is no alarm', async () => {
    const { leaf, intermediate } = await makeChain({ days: 7 });
    const found = { name: '', chain: [leaf.certificate, intermediate.certificate] } as const;
    const state = (days: number, warnDays?: number) =>
      watchChain('s', found, { now: Date.now() + days * DAY_MS, warnDays }).state;
    expect([state(0), state(3), state(5), state(8)]).toEqual(['valid', 'valid', 'expires soon', 'expired']);
    expect([state(0, 30), state(5, 0)]).toEqual(['expires soon', 'valid']);
  });

  it('ends with the issuer that ends first, and names it', async () => {
    const root = await issue({ name: 'CN=root', days: 2 });
    const leaf = await issue({ name: 'CN=leaf', issuer: root, days: 20, use: 'client' });
    const found = { name: 'n', chain: [leaf.certificate, root.certificate] } as const;
    const watched = watchChain('s', found, { now: Date.now(), warnDays: undefined });
    expect(watched).toMatchObject({ subject: 'CN=leaf', endsWith: 'CN=root', daysLeft: 1, state: 'expires soon' });
    expect(judgeEnd(watched, 'key.txt')).toMatchObject([
      {
        code: 'certificate-expires-soon',
        where: 'key.txt',
        message: expect.stringContaining('"CN=root", which issued "CN=leaf", expires in one day') as string,
      },
    ]);
    const over = watchChain('s', found, { now: Date.now() + 3 * DAY_MS, warnDays: undefined });
    expect(judgeEnd(over, 'key.txt')).toMatchObject([{ code: 'issuer-expired', severity: 'error' }]);
  });

  it('sorts what ends first to the front', async () => {
    const [long, short] = await Promise.all([issue({ name: 'CN=long' }), issue({ name: 'CN=short', days: 1 })]);
    const watched = [long, short].map(({ certificate }) =>
      watchChain('s', { name: '', chain: [certificate] }, { now: Date.now(), warnDays: 0 }),
    );
    expect(sortByEnd(watched).map(({ subject }) => subject)).toEqual(['CN=short', 'CN=long']);
  });
});
