import { maskSecrets } from '../../src/probe/mask-secrets';

describe('maskSecrets', () => {
  it.each([
    ['{"access_token":"opaque","expires_in":5}', '{"access_token":"(secret)","expires_in":5}'],
    ['{"clientSecret" : "a\\"b"}', '{"clientSecret" : "(secret)"}'],
    ['client_id=x&client_secret=abc&y=1', 'client_id=x&client_secret=(secret)&y=1'],
    ['Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln.', 'Bearer (token)'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b', 'a (private key) b'],
    ['-----BEGIN PRIVATE KEY-----\\nMII', '(private key)'],
  ])('masks %s', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it('leaves everything else', () => {
    const text = '{"cnf":{"x5t#S256":"abc"},"certificate":"-----BEGIN CERTIFICATE-----"}';
    expect(maskSecrets(text)).toBe(text);
  });
});
