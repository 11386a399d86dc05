import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import { judgeCredentials } from '../../src/doctor/credential-rules';
import { issue, makeChain } from '../support/test-chain';

/** As public keys go; to make the pair of such a length would take minutes. */
function publicKeyOf(bits: number): KeyObject {
  const modulus = randomBytes(bits / 8);
  modulus.writeUInt8(modulus.readUInt8(0) | 0x80, 0);
  modulus.writeUInt8(modulus.readUInt8(modulus.length - 1) | 1, modulus.length - 1);
  return createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
}

describe('judgeCredentials', () => {
  it.each([
    [8192, ['key-slow']],
    [4096, []],
  ])('judges the time that a key of %i bits takes: %j', async (bits, codes) => {
    const { intermediate, root } = await makeChain();
    const leaf = await issue({ name: 'CN=client', issuer: intermediate, use: 'client', key: publicKeyOf(bits) });
    const certificates = [leaf, intermediate, root].map(({ certificate }) => certificate);
    const credential = { name: 'key.txt', format: 'PEM', certificates, keys: [], ignored: [], repairs: [] } as const;
    const findings = judgeCredentials([{ ...credential, orderMatters: true }], {
      now: Date.now(),
      warnDays: undefined,
      trusted: undefined,
    });
    expect(findings.map(({ code }) => code)).toEqual(codes);
  });
});
