import { errors, Token, XsuaaService } from '@sap/xssec';
import { refusedToken } from '../../src/auth/refused-token';
import { InternalError, UpstreamError } from '../../src/errors';

const token = new Token(null, { header: { alg: 'RS256' }, payload: { aud: ['a'] } });

describe('refusedToken', () => {
  it.each([
    [new errors.ExpiredTokenError(token), 'The token has expired.'],
    [new errors.NotYetValidTokenError(token), 'The token is not valid yet.'],
    [
      new errors.WrongAudienceError(token, new XsuaaService({ clientid: 'sb-me!t1' })),
      'The token was issued for another application.',
    ],
    [new errors.InvalidTokenSignatureError(token), 'The signature of the token is wrong.'],
    [new errors.UnsupportedAlgorithmError(token, 'none'), 'The signature algorithm of the token is not accepted.'],
    [new errors.MissingKidError('k'), 'The token is not signed with a key that its issuer publishes.'],
    [new errors.InvalidJwtError('a', new Error('no')), 'The token cannot be read as a signed JSON Web Token.'],
    [new TypeError("reading 'exp'"), 'The token cannot be read as a signed JSON Web Token.'],
    ['thrown text', 'The token cannot be read as a signed JSON Web Token.'],
  ])('maps %s to 401 "%s"', (error, description) => {
    expect(refusedToken(error)).toMatchObject({ status: 401, code: 'invalid_token', description });
  });

  it('keeps the library’s words for the log, cut to a length that no token’s author can stretch', () => {
    const { detail } = refusedToken(new errors.UnsupportedAlgorithmError(token, 'x'.repeat(10_000)));
    expect(detail).toMatch(/^UnsupportedAlgorithmError: Algorithm xxx/);
    expect(detail).toHaveLength(300);
  });

  it('does not carry the library’s error on, which holds the token', () => {
    expect(refusedToken(new errors.ExpiredTokenError(token)).cause).toBeUndefined();
  });

  it('passes a failure of the issuer through: that is no verdict on the token', () => {
    const failure = new UpstreamError('XSUAA is down.');
    expect(refusedToken(failure)).toBe(failure);
  });

  it('maps a wrong configuration to 500: that is not the caller’s fault', () => {
    expect(refusedToken(new errors.InvalidCredentialsError())).toBeInstanceOf(InternalError);
  });
});
