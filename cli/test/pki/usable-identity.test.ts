import { readCredentials } from '../../src/pki/read-credential';
import { requireUsable, type UsableIdentity } from '../../src/pki/usable-identity';
import { makeChain, type TestChain } from '../support/test-chain';

const DAY_MS = 86_400_000;
let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain({ days: 7 });
});

async function use(pem: string, afterDays = 0): Promise<UsableIdentity> {
  const input = { bytes: Buffer.from(pem), name: 'keystore.pem' };
  const [credential] = await readCredentials(input, { askPassword: async () => undefined });
  return requireUsable(credential, Date.now() + afterDays * DAY_MS);
}

describe('requireUsable', () => {
  it('has nothing to say of a valid, ordered, complete chain', async () => {
    expect(await use(chain.key + chain.certificate)).toMatchObject({ mended: [], findings: [] });
  });

  it('refuses an expired certificate and says how to get a new one', async () => {
    await expect(use(chain.key + chain.certificate, 8)).rejects.toMatchObject({
      code: 'certificate-expired',
      remedy: expect.stringContaining('cf bind-service') as string,
    });
  });

  it('refuses an expired issuer', async () => {
    const longLeaf = await makeChain({ days: 2000 });
    await expect(use(longLeaf.key + longLeaf.certificate, 1500)).rejects.toMatchObject({
      code: 'issuer-expired',
      message: expect.stringContaining('"CN=Test Client CA" expired') as string,
    });
  });

  it('says what is unusual: not valid yet, out of order, no root, no client authentication', async () => {
    const { key, leaf, intermediate } = await makeChain({ use: 'server' });
    const { mended, findings } = await use(key + intermediate.pem + leaf.pem, -1);
    expect(mended).toEqual([expect.stringContaining('not in order')]);
    const codes = findings.map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['certificate-not-yet-valid', 'chain-root-missing', 'client-auth-missing']));
  });
});
