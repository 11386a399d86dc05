import { generateKeyPair, SignJWT } from 'jose';
import { decodeClaims } from '../../src/tokens/claims';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('decodeClaims', () => {
  it('decodes the payload of a signed token', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const cnf = { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' };
    const token = await new SignJWT({ cnf, name: 'Jörg' }).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    expect(decodeClaims(token)).toEqual({ cnf, name: 'Jörg' });
  });

  it.each([
    ['an opaque token', 'b7c1a4f0'],
    ['two parts', `${encode({ alg: 'none' })}.${encode({})}`],
    ['five parts, an encrypted token', 'a.b.c.d.e'],
    ['a payload that is no JSON', `a.${Buffer.from('hello').toString('base64url')}.c`],
    ['a null payload', `a.${encode(null)}.c`],
    ['a list', `a.${encode([1])}.c`],
    ['nothing', ''],
  ])('finds no claims in %s', (_what, token) => {
    expect(decodeClaims(token)).toBeUndefined();
  });
});
