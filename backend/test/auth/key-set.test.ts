import { generateKeyPairSync } from 'node:crypto';
import { parseKeySet } from '../../src/auth/key-set';

const rsa = { kid: 'rsa', ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) };
const ec = { kid: 'ec', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) };

describe('parseKeySet', () => {
  it('keeps usable keys with all their members', () => {
    const keys = [{ ...rsa, alg: 'RS256', value: '-----BEGIN PUBLIC KEY-----' }, ec];
    expect(parseKeySet({ keys })).toEqual({ keys });
  });

  it.each([
    ['without its modulus', { ...rsa, n: undefined }],
    ['of an unknown type', { kid: 'x', kty: 'XYZ' }],
    ['that is a shared secret', { kid: 'x', kty: 'oct', k: 'c2VjcmV0' }],
  ])('leaves out a key %s', (_name, key) => {
    expect(parseKeySet({ keys: [key, rsa] })).toEqual({ keys: [rsa] });
  });

  it.each([undefined, null, 'maintenance', {}, { keys: {} }, { keys: [null] }, { keys: [{ ...rsa, kid: undefined }] }])(
    'refuses %j, which is no key set',
    (body) => {
      expect(() => parseKeySet(body)).toThrow(/^Invalid/);
    },
  );

  it.each([[[]], [[{ kid: 'x', kty: 'oct', k: 'c2VjcmV0' }]]])('refuses a set without a usable key: %j', (keys) => {
    expect(() => parseKeySet({ keys })).toThrow('The key set holds no usable key.');
  });
});
