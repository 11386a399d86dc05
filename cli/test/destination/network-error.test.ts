import { describeNetworkError } from '../../src/destination/network-error';

describe('describeNetworkError', () => {
  it.each([
    ['ENOTFOUND', 'the host api.example cannot be resolved'],
    ['ECONNREFUSED', 'nothing listens on api.example:8443'],
    ['ERR_CANCELED', 'no answer within 5 s'],
    ['ECONNRESET', 'cut without an answer'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'does not trust (SELF_SIGNED_CERT_IN_CHAIN)'],
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'is not for api.example'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'the TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER)'],
    ['EWHATEVER', 'the call failed (EWHATEVER)'],
  ])('explains %s', (code, what) => {
    const explained = describeNetworkError(code, { url: 'https://api.example:8443/path?secret=1', timeoutMs: 5000 });
    expect(explained.what).toContain(what);
    expect(explained.remedy).not.toBe('');
    expect(explained.what + explained.remedy).not.toContain('secret');
  });
});
