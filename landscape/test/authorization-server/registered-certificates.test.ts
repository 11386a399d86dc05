import { generateKeyPairSync } from 'node:crypto';
import { findKeySetProblem } from '../../src/authorization-server/registered-certificates';
import { issueClient, keySetOf, type TestClientCertificate } from './client-certificates';

let ec: TestClientCertificate;
let rsa: TestClientCertificate;
beforeAll(async () => {
  ec = await issueClient();
  rsa = await issueClient({ key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey });
});

const keyOf = (certificate: TestClientCertificate): object => keySetOf(certificate).keys[0] ?? {};

describe('findKeySetProblem (R-11)', () => {
  it('finds nothing where members and certificate have the same key', () => {
    expect(findKeySetProblem(keySetOf(ec, rsa))).toBeUndefined();
    expect(findKeySetProblem({ keys: [{ ...keyOf(ec), 'x5t#S256': ec.thumbprint, kid: 'a' }] })).toBeUndefined();
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    ['x of another key', () => ({ keys: [{ ...keyOf(ec), x: 'AA' }] }), /^keys\[0\]\.x is not that of the key/],
    ['n of another key', () => ({ keys: [keyOf(ec), { ...keyOf(rsa), n: 'AQAB' }] }), /^keys\[1\]\.n is not that/],
    ['another type', () => ({ keys: [{ ...keyOf(rsa), kty: 'EC' }] }), /^keys\[0\]\.kty is not/],
    ['no certificate', () => ({ keys: [{ ...keyOf(ec), x5c: undefined }] }), /^keys\[0\] has no x5c/],
    ['an empty list of certificates', () => ({ keys: [{ ...keyOf(ec), x5c: [] }] }), /has no x5c/],
    ['a PEM certificate', () => ({ keys: [{ ...keyOf(ec), x5c: [ec.cert] }] }), /without BEGIN and END/],
    [
      'base64url instead of base64',
      () => ({ keys: [{ ...keyOf(rsa), x5c: [rsa.x509.raw.toString('base64url')] }] }),
      /x5c\[0\] is no certificate/,
    ],
    ['no DER', () => ({ keys: [{ ...keyOf(ec), x5c: ['AAAA'] }] }), /x5c\[0\] is no certificate/],
    ['a thumbprint of another', () => ({ keys: [{ ...keyOf(ec), 'x5t#S256': rsa.thumbprint }] }), /x5t#S256 is not/],
    ['no key', () => ({ keys: [] }), /holds no key/],
    ['a list', () => [], /no JSON Web Key Set/],
    ['nothing', () => undefined, /no JSON Web Key Set/],
  ])('names %s', (_, keySet, problem) => {
    expect(findKeySetProblem(keySet())).toMatch(problem);
  });
});
