import { metadataUrls } from '../../src/auth/oauth-metadata';

describe('metadataUrls', () => {
  it.each([
    // RFC 8414 §3.1 and OpenID Connect Discovery §4.1, with their own examples.
    [
      'https://example.com',
      'https://example.com/.well-known/oauth-authorization-server',
      'https://example.com/.well-known/openid-configuration',
    ],
    [
      'https://example.com/issuer1',
      'https://example.com/.well-known/oauth-authorization-server/issuer1',
      'https://example.com/issuer1/.well-known/openid-configuration',
    ],
    [
      'https://example.com/issuer1/',
      'https://example.com/.well-known/oauth-authorization-server/issuer1',
      'https://example.com/issuer1/.well-known/openid-configuration',
    ],
  ])('of %s are %s and %s', (issuer, ...urls) => {
    expect(metadataUrls(issuer)).toEqual(urls);
  });
});
