import { parseDestination } from '../../src/destination-service/destination';

const mutualTls = {
  Name: 'destination_to_mtlsapp',
  Type: 'HTTP',
  Description: 'Backend',
  URL: 'https://backend.example',
  ProxyType: 'Internet',
  Authentication: 'OAuth2ClientCredentials',
  clientId: 'sb-mtlsxsuaa!t1',
  tokenServiceURLType: 'Dedicated',
  tokenServiceURL: 'https://sub.authentication.cert.eu10.hana.ondemand.com/oauth/token',
  'tokenService.KeyStoreLocation': 'mtlsapp.pem',
};

describe('parseDestination', () => {
  it('accepts the destination of the tutorial as it is', () => {
    expect(parseDestination(mutualTls)).toEqual(mutualTls);
  });

  it('accepts Name and Type alone, as the interface description says', () => {
    expect(parseDestination({ Name: 'a', Type: 'MAIL' })).toEqual({ Name: 'a', Type: 'MAIL' });
    expect(parseDestination({ Name: 'a', Type: 'HTTP', PropertyName: 'b' })).toMatchObject({ PropertyName: 'b' });
  });

  it('makes strings of numbers and booleans and drops null', () => {
    expect(
      parseDestination({ Name: 'a', Type: 'HTTP', 'HTML5.Timeout': 30, TrustAll: true, clientSecret: null }),
    ).toEqual({ Name: 'a', Type: 'HTTP', 'HTML5.Timeout': '30', TrustAll: 'true' });
  });

  it('keeps an empty client secret, which makes a difference', () => {
    expect(parseDestination({ ...mutualTls, clientSecret: '' })).toHaveProperty('clientSecret', '');
  });

  it.each(['Name', 'Type', 'URL', 'ProxyType', 'Authentication', 'clientId', 'tokenServiceURL'])(
    'refuses it without %s and names that',
    (key) => {
      const { [key as keyof typeof mutualTls]: _missing, ...rest } = mutualTls;
      expect(() => parseDestination(rest)).toThrow(`The property ${key} is missing`);
      expect(() => parseDestination({ ...mutualTls, [key]: ' ' })).toThrow(key);
    },
  );

  it('refuses mTLS for token retrieval without a token service URL and says why', () => {
    const { tokenServiceURL: _missing, ...rest } = mutualTls;
    expect(() => parseDestination(rest)).toThrow('asks for mTLS for token retrieval, which needs the URL');
  });

  it.each([
    [{ Type: 'FTP' }, 'The value "FTP" of the property Type is none of HTTP, RFC, MAIL, LDAP, TCP'],
    [{ ProxyType: 'internet' }, 'The value "internet" of the property ProxyType is none of Internet'],
    [{ Authentication: 'OAuth2' }, 'The value "OAuth2" of the property Authentication is none of'],
    [{ tokenServiceURLType: 'dedicated' }, 'property tokenServiceURLType is none of Dedicated, Common'],
    [{ Name: 'a'.repeat(201) }, 'The Name is longer than 200 characters'],
    [{ clientId: ['a'] }, 'The value of the property clientId must be a string'],
  ])('refuses %j', (change, reason) => {
    expect(() => parseDestination({ ...mutualTls, ...change })).toThrow(reason);
  });

  it('demands https and a keystore for ClientCertificateAuthentication', () => {
    const base = { ...mutualTls, Authentication: 'ClientCertificateAuthentication', KeyStoreLocation: 'a.p12' };
    expect(() => parseDestination(base)).not.toThrow();
    expect(() => parseDestination({ ...base, URL: 'http://backend.example' })).toThrow('must start with https://');
    expect(() => parseDestination({ ...base, KeyStoreLocation: '' })).toThrow('KeyStoreLocation is missing');
    const own = { ...base, KeyStoreLocation: '', 'KeyStore.Source': 'ClientProvided' };
    expect(() => parseDestination(own)).not.toThrow();
  });

  it.each([[null], [[]], ['text'], [1]])('refuses %j, which is no object', (body) => {
    expect(() => parseDestination(body)).toThrow('A configuration is a JSON object');
  });
});
