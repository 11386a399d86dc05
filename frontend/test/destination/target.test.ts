import { pickAuthToken, readTarget, readTargetToken, readTokenService } from '../../src/destination/target';
import type { FoundDestination } from '../../src/destination/find';

const found = (destinationConfiguration: Record<string, unknown>, authTokens: FoundDestination['authTokens'] = []) => ({
  destinationConfiguration,
  authTokens,
  certificates: [],
});

describe('readTarget', () => {
  it('reads an http or https address', () => {
    expect(readTarget(found({ URL: 'https://b.example/base/' }), 'd').href).toBe('https://b.example/base/');
    expect(readTarget(found({ URL: 'http://localhost:5001' }), 'd').href).toBe('http://localhost:5001/');
  });

  it.each([
    [{}, 'has no URL'],
    [{ URL: ' ' }, 'has no URL'],
    [{ URL: 5 }, 'has no URL'],
    [{ URL: 'b.example' }, 'no http or https address'],
    [{ URL: 'ftp://b.example' }, 'no http or https address'],
    [{ URL: 'https://b.example', ProxyType: 'OnPremise' }, 'ProxyType OnPremise'],
  ])('refuses %j', (configuration, says) => {
    expect(() => readTarget(found(configuration), 'd')).toThrow(says);
  });
});

describe('readTokenService', () => {
  const read = (configuration: Record<string, unknown>) => readTokenService(found(configuration));

  it('knows XSUAA and Identity Authentication by the path of the token URL', () => {
    const xsuaa = 'https://s.authentication.cert.example/oauth/token?x=y';
    expect(read({ clientId: 'sb-a!t1', tokenServiceURL: xsuaa })).toEqual({
      clientId: 'sb-a!t1',
      url: new URL(xsuaa),
      party: 'xsuaa',
      path: '/oauth/token',
      keysPath: '/token_keys',
    });
    expect(read({ tokenServiceURL: 'https://t.accounts.example/oauth2/token' })).toMatchObject({
      party: 'identity',
      path: '/oauth2/token',
      keysPath: '/oauth2/certs',
    });
  });

  it.each([undefined, '', 'nowhere', 'http://s.example/oauth/token', 5])(
    'takes no address that a certificate cannot be shown to: %j',
    (tokenServiceURL) => {
      expect(read({ clientId: '', tokenServiceURL })).toMatchObject({
        clientId: undefined,
        url: undefined,
        party: 'xsuaa',
      });
    },
  );
});

describe('pickAuthToken', () => {
  it('takes the first token', () => {
    const token = { type: 'bearer', value: 'a' };
    expect(pickAuthToken(found({}, [token, { type: 'bearer', value: 'b' }]))).toBe(token);
  });
  it('names the authentication of a destination that gives none', () => {
    expect(() => pickAuthToken(found({ Authentication: 'NoAuthentication' }))).toThrow('"NoAuthentication"');
    expect(() => pickAuthToken(found({}))).toThrow('"missing"');
  });
});

describe('readTargetToken', () => {
  const jwt = (claims: unknown): string => `a.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c`;

  it('reads the token with its lifetime and claims', () => {
    const value = jwt({ sub: 'x' });
    expect(readTargetToken({ type: 'Bearer', value, expires_in: '3600' })).toEqual({
      value,
      lifetimeMs: 3_600_000,
      claims: { sub: 'x' },
    });
  });

  it("goes by the token's own expiry without expires_in, and uses it once without either", () => {
    const value = jwt({ exp: Math.floor(Date.now() / 1000) + 600 });
    const { lifetimeMs } = readTargetToken({ type: 'bearer', value });
    expect(lifetimeMs).toBeGreaterThan(590_000);
    expect(lifetimeMs).toBeLessThanOrEqual(600_000);
    expect(readTargetToken({ type: 'bearer', value: 'opaque', expires_in: 'soon' })).toEqual({
      value: 'opaque',
      lifetimeMs: 0,
      claims: undefined,
    });
    expect(readTargetToken({ type: 'bearer', value: jwt({ exp: 1 }) }).lifetimeMs).toBe(0);
  });

  it.each([
    [{ type: '', value: '', error: 'Bad credentials', expires_in: '0' }, 'Bad credentials'],
    [{ type: 'bearer', value: 'a', error: 'but' }, 'but'],
    [{ type: '', value: '' }, 'it got no bearer token'],
    [{ type: 'bearer', value: 'a\r\nb' }, 'it got no bearer token'],
    [{ type: 'SAML2', value: 'a' }, 'it got no bearer token'],
  ])('explains the failed retrieval %j', (token, says) => {
    expect(() => readTargetToken(token)).toThrow(`could not fetch a token for the backend: ${says}.`);
  });

  it('accepts an empty error beside a token', () => {
    expect(readTargetToken({ type: 'bearer', value: 'a', error: '' }).value).toBe('a');
  });
});
