import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainFailure } from '../../src/probe/explain-failure';
import { failureCodes } from '../../src/probe/failure-rules';

const url = 'https://api.example:8443/path?secret=1';
const explain = (error: unknown, context = {}) =>
  explainFailure(error, { url, timeoutMs: 5000, now: Date.now(), ...context });
const errorOf = (code: string, message = '') => Object.assign(new Error(message), { code });

describe('explainFailure', () => {
  it.each([
    ['ENOTFOUND', 'dns-unresolved', 'api.example does not exist'],
    ['EAI_AGAIN', 'dns-unavailable', 'gives no answer'],
    ['ECONNREFUSED', 'tcp-refused', 'Nothing listens on api.example:8443'],
    ['EHOSTUNREACH', 'tcp-unreachable', 'no way to api.example:8443'],
    ['ETIMEDOUT', 'timeout', 'within 5 s'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'not-tls', 'does not speak TLS'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls-version', 'no version of TLS in common'],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'tls-server-name', 'does not know the host name'],
    ['ERR_SSL_NO_SHARED_CIPHER', 'tls-handshake', 'refuses the TLS handshake'],
    ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'key-mismatch', 'do not belong together'],
    ['ERR_OSSL_PEM_NO_START_LINE', 'pem-unreadable', 'literal \\n'],
    ['ERR_OSSL_PEM_BAD_END_LINE', 'pem-unreadable', 'five dashes'],
    ['ERR_OSSL_UNSUPPORTED', 'key-unreadable', 'line breaks are damaged'],
    ['ERR_OSSL_BAD_DECRYPT', 'key-encrypted', 'password is missing or wrong'],
    ['PROXY_REFUSED', 'proxy-refused', 'The proxy does not connect'],
    ['HPE_INVALID_CONSTANT', 'answer-unreadable', 'is no HTTP'],
    ['ANSWER_TOO_LONG', 'answer-too-long', '5 MB'],
    ['ECONNRESET', 'connection-cut', 'without an answer'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'server-certificate-untrusted', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['CERT_HAS_EXPIRED', 'server-certificate-expired', 'is over'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'server-certificate-host', 'not for api.example'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'client-certificate-missing', 'TLS alert unknown_ca'],
    ['EWHATEVER', 'call-failed', '(EWHATEVER)'],
  ])('explains %s as %s', (code, name, message) => {
    const finding = explain(errorOf(code));
    expect(finding).toMatchObject({
      code: name,
      severity: 'error',
      message: expect.stringContaining(message) as string,
    });
    expect(finding.remedy).not.toBe('');
    expect(finding.message + finding.remedy).not.toContain('secret');
  });

  it.each([
    ['Error: error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE', 'pem-unreadable'],
    ['Error: connect ECONNREFUSED 127.0.0.1:443', 'tcp-refused'],
    ['Error: unable to verify: UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'server-certificate-untrusted'],
    ['error:1E08010C:DECODER routines::unsupported', 'key-unreadable'],
    ['Error: Unsupported PKCS12 PFX data', 'key-unreadable'],
  ])('explains the text that another tool printed: %s', (text, name) => {
    expect(explain(text).code).toBe(name);
  });

  it('looks at the cause that fetch hides', () => {
    expect(explain(new TypeError('fetch failed', { cause: errorOf('ECONNREFUSED') })).code).toBe('tcp-refused');
  });

  it('takes a cut connection for a refused certificate only where the server asked for one', () => {
    const flight = { version: 'TLSv1.3', certificates: [], acceptedAuthorities: [] } as const;
    const cut = (clientCertificate: string) =>
      explain(errorOf('ECONNRESET'), { flight: { ...flight, clientCertificate } }).code;
    expect(cut('requested')).toBe('client-certificate-missing');
    expect(cut('not-requested')).toBe('connection-cut');
  });

  it('knows a port of plain http by its answer', () => {
    const received = Buffer.from('HTTP/1.1 400 Bad Request');
    expect(explain(errorOf('ERR_SSL_PACKET_LENGTH_TOO_LONG'), { received }).code).toBe('plain-http-port');
  });

  it('knows a port of https by its alert', () => {
    const received = Buffer.from([21, 3, 1, 0, 2, 2, 70]);
    expect(explain(errorOf('HPE_INVALID_CONSTANT'), { received, step: 'answer' }).code).toBe('tls-port');
  });

  it('repeats nothing of the error’s own text', () => {
    expect(JSON.stringify(explain(errorOf('EWHATEVER', 'token eyJhbGciOi')))).not.toContain('eyJ');
  });

  it('has a test for every code that a rule gives', () => {
    const tests = readFileSync(join(__dirname, 'explain-failure.test.ts'), 'utf8');
    for (const code of failureCodes) expect(tests).toContain(`'${code}'`);
  });
});
