import { Token } from '@sap/xssec';
import { decodeToken } from '../../src/auth/decode-token';
import { InvalidTokenError } from '../../src/auth/bearer-errors';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (header: unknown, payload: unknown): string => `${part(header)}.${part(payload)}.c2ln`;

describe('decodeToken', () => {
  it.each([{ sub: 'client', aud: ['a', 'b'] }, { name: 'Zoë 漢字 🦊', nested: { list: [1, null, true] } }, {}])(
    'reads the claims %j as @sap/xssec does',
    (claims) => {
      const text = jwt({ alg: 'RS256', kid: 'k' }, claims);
      const [ours, theirs] = [decodeToken(text), new Token(text)];
      expect({ header: ours.header, payload: ours.payload, jwt: ours.jwt }).toEqual({
        header: theirs.header,
        payload: theirs.payload,
        jwt: theirs.jwt,
      });
    },
  );

  it.each([
    ['nothing', ''],
    ['two parts', 'a.b'],
    ['four parts', `${jwt({}, {})}.d`],
    ['an empty part', `${part({})}..c2ln`],
    ['no signature', `${part({})}.${part({})}.`],
    ['base64 of another alphabet', jwt({}, {}).replace('.', '+.')],
    ['claims that are null', jwt({}, null)],
    ['claims that are a list', jwt({}, [])],
    ['claims that are a text', jwt({}, 'claims')],
    ['a header that is a number', jwt(1, {})],
    ['claims that are no JSON', `${part({})}.${Buffer.from('{"sub"').toString('base64url')}.c2ln`],
  ])('refuses %s', (_, text) => {
    expect(() => decodeToken(text)).toThrow(InvalidTokenError);
  });
});
