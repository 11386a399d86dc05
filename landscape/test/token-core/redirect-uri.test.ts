import { isLocalRedirectUri, isRedirectPattern, isRegisteredRedirectUri } from '../../src/token-core/redirect-uri';

describe('isRegisteredRedirectUri', () => {
  it.each([
    ['https://app.example.com/callback', 'https://app.example.com/callback'],
    ['https://app.example.com/callback?x=1', 'https://app.example.com/callback?x=1'],
    ['com.example.app://callback', 'com.example.app://callback'],
    // SAP Help, Listing Allowed Redirect URIs
    ['https://eu.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com/callback', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com/callback/a/b?c=d', 'https://*.mydomain.com/callback/**'],
    ['https://EU.MyDomain.com/callback/a', 'https://*.mydomain.com/callback/**'],
    ['https://app.cfapps.us10.hana.ondemand.com/', 'https://app.cfapps.us10.hana.ondemand.com/**'],
    ['https://app.cfapps.us10.hana.ondemand.com', 'https://app.cfapps.us10.hana.ondemand.com/**'],
    // SAP Help, Redirect URIs, Post Logout Redirect URI Rules
    ['https://app.barfoo.test.example.com/', 'https://app.*foo.test.example.com/**'],
    ['https://app.foobar.test.example.com/', 'https://app.foo*.test.example.com/**'],
    ['https://example.com/path/x', 'https://example.com/path/*'],
    ['https://example.com/path/x/path2', 'https://example.com/path/*/path2'],
    ['http://localhost/path/x/path2/y/z', 'http://localhost/path/*/path2/**'],
    ['http://localhost:5002/some/path', 'http://localhost:*/some/path'],
    ['http://localhost/some/path', 'http://localhost:*/some/path'],
    ['http://127.0.0.1:8080/some/path', 'http://127.0.0.1:*/some/path'],
    ['http://tenant.localhost:8080/', 'http://*.localhost:*'],
    ['https://example.com:8080/x', 'https://example.com:8080/*'],
    ['https://example.com:443/x', 'https://example.com/*'],
  ])('accepts %s for %s', (uri, pattern) => {
    expect(isRegisteredRedirectUri(uri, ['https://other.example.net/', pattern])).toBe(true);
  });

  it.each([
    ['https://app.example.com/callback/', 'https://app.example.com/callback'],
    ['https://app.example.com/callback?x=2', 'https://app.example.com/callback?x=1'],
    ['https://app.example.com/a/../callback', 'https://app.example.com/callback'],
    ['https://a.b.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://evilmydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com.evil.net/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com/callbackevil', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com/callback/../other', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com/callback/%2e%2e/other', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com:8443/callback/', 'https://*.mydomain.com/callback/**'],
    ['http://eu.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://evil.net/.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://evil.net?.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://evil.net\\.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com@evil.net/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://user@eu.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://@eu.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com/callback/#fragment', 'https://*.mydomain.com/callback/**'],
    ["https://a;script-src'.mydomain.com/callback/", 'https://*.mydomain.com/callback/**'],
    ['https://eu.mydomain.com/callback/\n', 'https://*.mydomain.com/callback/**'],
    ['https:eu.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['//eu.mydomain.com/callback/', 'https://*.mydomain.com/callback/**'],
    ['https://example.com/path/x/y', 'https://example.com/path/*'],
    ['https://example.com/path/x?y', 'https://example.com/path/*'],
    ['https://example.com:9090/x', 'https://example.com:*/x'],
    ['https://evil.com/', 'https://*.com/**'],
    ['https://a.b.example.com/', 'https://*.*.example.com/**'],
    ['https://evil.net/', 'https://*/**'],
    ['https://evil.net/', '**'],
    ['javascript://*.mydomain.com/%0aalert(1)', 'javascript://*.mydomain.com/**'],
    ['', ''],
  ])('refuses %s for %s', (uri, pattern) => {
    expect(isRegisteredRedirectUri(uri, [pattern])).toBe(false);
  });

  it('refuses everything when nothing is registered', () => {
    expect(isRegisteredRedirectUri('https://app.example.com/', [])).toBe(false);
  });
});

describe('isRedirectPattern', () => {
  it.each([
    'https://app.example.com/callback',
    'https://*.example.com/callback/**',
    'https://app*.a.b.example.com/**',
    'http://localhost:*/some/path',
    'http://*.localhost',
    'com.example.app://callback',
  ])('accepts %s', (pattern) => {
    expect(isRedirectPattern(pattern)).toBe(true);
  });

  it.each([
    'https://*.com/**',
    'https://*/**',
    '*',
    'https://*.*.example.com/',
    'https://example.com:*/',
    'https://app.example.com/#x',
    'https://user@app.example.com/',
    'app.example.com',
    'javascript://x/%0aalert(1)',
    'https://*.example.com/a b',
  ])('refuses %s', (pattern) => {
    expect(isRedirectPattern(pattern)).toBe(false);
  });
});

describe('isLocalRedirectUri', () => {
  it.each([
    'http://localhost',
    'http://localhost:5002/login/callback?a=b',
    'https://localhost:5443/x',
    'http://LOCALHOST/',
  ])('accepts %s', (uri) => {
    expect(isLocalRedirectUri(uri)).toBe(true);
  });

  it.each([
    'http://localhost.evil.net/',
    'http://evil.net/localhost',
    'http://localhost@evil.net/',
    'http://localhost:80@evil.net/',
    'http://evil.net\\@localhost/',
    'ftp://localhost/',
    'javascript://localhost/%0aalert(1)',
    'http://localhost/#x',
    'http:localhost',
    '/localhost',
  ])('refuses %s', (uri) => {
    expect(isLocalRedirectUri(uri)).toBe(false);
  });
});
