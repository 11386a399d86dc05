import { buildDesiredDestination } from '../../src/destination/desired-destination';
import { failureOf } from '../support/failure-of';

const properties = {
  Name: 'd',
  Type: 'HTTP',
  URL: 'https://backend',
  ProxyType: 'Internet',
  Authentication: 'OAuth2ClientCredentials',
  clientId: 'sb-x!t1',
  tokenServiceURLType: 'Dedicated',
  tokenServiceURL: 'https://sub.authentication.cert.us10.hana.ondemand.com/oauth/token',
  'tokenService.KeyStoreLocation': 'k.pem',
};
const build = (changes: Record<string, string> = {}) =>
  buildDesiredDestination({
    definition: { properties: { ...properties, ...changes }, notes: [] },
    keystoreFile: 'file.pem',
  });

describe('buildDesiredDestination', () => {
  it('takes the file as it is where nothing overrides it', () => {
    expect(build()).toEqual({ name: 'd', keystoreName: 'k.pem', properties, notes: [] });
  });

  it('overrides client, token endpoint and URL by what the keys and options say', () => {
    const xsuaa = {
      clientId: 'c',
      tokenUrl: 'https://cert/oauth/token',
      authentication: { kind: 'secret', secret: 's' },
    } as const;
    const desired = buildDesiredDestination({
      definition: { properties, notes: [] },
      xsuaa,
      url: 'http://localhost:5001',
      keystoreFile: 'f.pem',
    });
    expect(desired.properties).toMatchObject({
      clientId: 'c',
      tokenServiceURL: 'https://cert/oauth/token',
      URL: 'http://localhost:5001',
    });
  });

  it('names the keystore after its file where the definition names none', () => {
    const { 'tokenService.KeyStoreLocation': _, ...rest } = properties;
    expect(
      buildDesiredDestination({ definition: { properties: rest, notes: [] }, keystoreFile: 'f.pem' }).keystoreName,
    ).toBe('f.pem');
  });

  it('leaves an empty clientSecret out and says why', () => {
    const desired = build({ clientSecret: '' });
    expect(desired.properties).not.toHaveProperty('clientSecret');
    expect(desired.notes).toEqual([expect.stringContaining('keeps the service from using the keystore')]);
  });

  it.each([
    [{ Type: 'RFC' }, 'Type is "RFC": it must be HTTP'],
    [
      { ProxyType: 'OnPremise' },
      'With ProxyType OnPremise the service fetches no tokens over mutual TLS. Use Internet.',
    ],
    [{ Authentication: 'NoAuthentication' }, 'it must be OAuth2ClientCredentials or OAuth2JWTBearer'],
    [{ tokenServiceURLType: 'Common' }, 'it must be Dedicated'],
    [{ URL: 'backend.example' }, 'is no complete address'],
    [{ clientId: '' }, 'clientId is missing'],
    [{ tokenServiceURL: 'https://sub.authentication.cert.us10.hana.ondemand.com' }, 'Append /oauth/token'],
    [{ tokenServiceURL: 'https://sub.authentication.us10.hana.ondemand.com/oauth/token' }, 'Use "certurl"'],
    [{ tokenServiceURL: 'http://localhost:5445/oauth/token' }, 'Begin it with https://'],
    [{ clientSecret: 'x' }, 'Remove clientSecret'],
    [{ 'tokenService.KeyStoreLocation': 'keystore' }, 'has no extension that tells the service the format'],
  ])('refuses %p', (changes, message) => {
    expect(failureOf(() => build(changes))).toMatchObject({
      code: 'destination-properties',
      message: expect.stringContaining(message) as string,
    });
  });

  it('lists all problems at once', () => {
    expect(() => build({ Type: 'RFC', URL: '', clientId: '' })).toThrow(/clientId is missing[^]*Type is "RFC"/);
  });
});
