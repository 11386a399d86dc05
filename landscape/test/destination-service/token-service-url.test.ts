import { resolveTokenServiceUrl } from '../../src/destination-service/token-service-url';

function resolve(configuration: Record<string, string>, tenant?: string, refusePrivate = false): string {
  const complete = { ProxyType: 'Internet', ...configuration };
  return resolveTokenServiceUrl({ configuration: complete, tenant, refusePrivate }).href;
}
const common = (tokenServiceURL: string): Record<string, string> => ({
  tokenServiceURL,
  tokenServiceURLType: 'Common',
});

describe('resolveTokenServiceUrl', () => {
  // The examples of SAP's documentation.
  it.each([
    [
      'https://authentication.us10.hana.ondemand.com/oauth/token',
      'https://mytenant.authentication.us10.hana.ondemand.com/oauth/token',
    ],
    [
      'https://{tenant}.authentication.us10.hana.ondemand.com/oauth/token',
      'https://mytenant.authentication.us10.hana.ondemand.com/oauth/token',
    ],
    [
      'https://authentication.myauthserver.com/tenant/{tenant}/oauth/token',
      'https://authentication.myauthserver.com/tenant/mytenant/oauth/token',
    ],
    ['https://oauth.{tenant}.myauthserver.com/token', 'https://oauth.mytenant.myauthserver.com/token'],
  ])('makes of the common URL %s that of the tenant', (url, expected) => {
    expect(resolve(common(url), 'mytenant')).toBe(expected);
  });

  it('leaves a dedicated URL as it is, which is the default', () => {
    const tokenServiceURL = 'https://sub.authentication.cert.eu10.hana.ondemand.com/oauth/token?a=b';
    expect(resolve({ tokenServiceURL })).toBe(tokenServiceURL);
    expect(resolve({ tokenServiceURL, tokenServiceURLType: 'Dedicated' })).toBe(tokenServiceURL);
  });

  it.each(['', 'a.b', 'a/b', 'a@b', '-a', 'a'.repeat(64), 'a:1', 'ä'])('refuses the tenant "%s"', (tenant) => {
    expect(() => resolve(common('https://a.example/token'), tenant)).toThrow('must be the subdomain of a tenant');
  });

  it.each(['', 'a.example/token', 'ftp://a.example/token', 'https://'])(
    'refuses the dedicated URL "%s"',
    (tokenServiceURL) => {
      expect(() => resolve({ tokenServiceURL })).toThrow('is no https URL');
    },
  );

  it('says that {tenant} belongs into a common URL', () => {
    expect(() => resolve({ tokenServiceURL: 'https://{tenant}.example/token' })).toThrow('Common');
  });

  it('cannot use the Cloud Connector, unless the token service has a proxy type of its own', () => {
    const configuration = { tokenServiceURL: 'https://a.example/token', ProxyType: 'OnPremise' };
    expect(() => resolve(configuration)).toThrow('Cloud Connector');
    expect(resolve({ ...configuration, 'tokenServiceURL.ProxyType': 'Internet' })).toBe('https://a.example/token');
  });

  describe('as in the cloud', () => {
    it.each([
      'localhost',
      'LOCALHOST',
      'a.localhost',
      'intranet',
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '[::1]',
      '[fd00::1]',
      '[fe80::1]',
      '[::ffff:127.0.0.1]',
    ])('refuses the private host %s', (host) => {
      expect(() => resolve({ tokenServiceURL: `https://${host}/token` }, undefined, true)).toThrow('is private');
    });

    it.each(['accounts.example', '172.32.0.1', '8.8.8.8', '[2001:db8::1]'])('accepts the public host %s', (host) => {
      expect(() => resolve({ tokenServiceURL: `https://${host}/token` }, undefined, true)).not.toThrow();
    });
  });
});
