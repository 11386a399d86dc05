import { readCertificateCredentials, readOAuthClient, readServiceUri } from '../../src/service-key/client-credentials';

const x509 = {
  clientid: 'c',
  certificate: 'CERT',
  key: 'KEY',
  certurl: 'https://sub.authentication.cert.x/',
  url: 'https://sub.authentication.x',
};

describe('readOAuthClient', () => {
  it('uses certurl for a certificate, never url', () => {
    expect(readOAuthClient({ credentials: x509 })).toEqual({
      clientId: 'c',
      authentication: { kind: 'certificate', certificate: 'CERT', key: 'KEY' },
      tokenUrl: 'https://sub.authentication.cert.x/oauth/token',
    });
  });

  it('prefers the certificate where a secret is there too', () => {
    const both = readOAuthClient({ credentials: { ...x509, clientsecret: 's' } });
    expect(both.authentication.kind).toBe('certificate');
  });

  it('uses url for a secret', () => {
    expect(
      readOAuthClient({ credentials: { clientid: 'c', clientsecret: 's', url: 'https://sub.authentication.x/' } }),
    ).toEqual({
      clientId: 'c',
      authentication: { kind: 'secret', secret: 's' },
      tokenUrl: 'https://sub.authentication.x/oauth/token',
    });
  });

  it('finds the client below uaa and below oauth', () => {
    expect(readOAuthClient({ credentials: { uri: 'https://api', uaa: x509 } }).clientId).toBe('c');
    const integration = {
      oauth: {
        clientid: 'c',
        certificate: 'CERT',
        key: 'KEY',
        tokenurl: 'https://cert/oauth/token',
        url: 'https://it-rt',
      },
    };
    expect(readOAuthClient({ credentials: integration }).tokenUrl).toBe('https://cert/oauth/token');
  });

  it.each([
    ['"clientid"', { certificate: 'CERT', key: 'KEY' }],
    ['"certurl"', { ...x509, certurl: undefined }],
    ['"clientsecret", or', { clientid: 'c', url: 'https://x', certificate: 'CERT' }],
    ['"url"', { clientid: 'c', clientsecret: 's' }],
  ])('refuses credentials without %s', (what, credentials) => {
    expect(() => readOAuthClient({ instance: 'mtlsX', credentials })).toThrow(`The credentials of mtlsX lack ${what}`);
  });

  it('refuses a property of the wrong type and names it', () => {
    expect(() => readOAuthClient({ credentials: { ...x509, certurl: 5 } })).toThrow('"certurl" is no text or empty');
  });
});

describe('readCertificateCredentials', () => {
  it('knows the token endpoint of IAS, which has no certurl', () => {
    const identity = {
      clientid: 'c',
      certificate: 'CERT',
      key: 'KEY',
      url: 'https://tenant.accounts.ondemand.com',
      'credential-type': 'X509_GENERATED',
    };
    const tokenUrl = 'https://tenant.accounts.ondemand.com/oauth2/token';
    expect(readCertificateCredentials({ credentials: identity })).toMatchObject({
      tokenUrl,
      credentialType: 'X509_GENERATED',
    });
    expect(
      readCertificateCredentials({ offering: 'identity', credentials: { ...identity, 'credential-type': 'x' } }),
    ).toMatchObject({ tokenUrl });
  });
});

describe('readServiceUri', () => {
  it('takes the slash at the end away', () => {
    expect(readServiceUri({ credentials: { uri: 'https://destination/' } })).toBe('https://destination');
    expect(readServiceUri({ credentials: x509 })).toBeUndefined();
  });
});
