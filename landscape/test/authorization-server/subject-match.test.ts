import type { X509Certificate } from 'node:crypto';
import type { TLSClientAuthProperty } from 'oidc-provider';
import { findSubjectValueProblem, matchesSubjectValue } from '../../src/authorization-server/subject-match';
import { issueClient } from './client-certificates';

let certificate: X509Certificate;
let bare: X509Certificate;
beforeAll(async () => {
  const named = await issueClient({
    subject: [{ O: ['Example'] }, { CN: ['common.example'] }, { E: ['common@example.com'] }],
    names: [
      { type: 'dns', value: 'client.Example.com' },
      { type: 'dns', value: '*.wild.example' },
      { type: 'url', value: 'https://example.com/Client?a=1' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'email', value: 'Client@Example.com' },
    ],
  });
  certificate = named.x509;
  bare = (await issueClient({ subject: [{ CN: ['common.example'] }, { E: ['common@example.com'] }] })).x509;
});

describe('a subject value (R-7)', () => {
  it.each<[TLSClientAuthProperty, string]>([
    ['tls_client_auth_subject_dn', 'E=common@example.com,CN=common.example,O=Example'],
    ['tls_client_auth_san_dns', 'client.example.com'],
    ['tls_client_auth_san_dns', '*.wild.example'],
    ['tls_client_auth_san_uri', 'https://example.com/Client?a=1'],
    ['tls_client_auth_san_ip', '192.0.2.1'],
    ['tls_client_auth_san_email', 'Client@example.COM'],
  ])('matches: %s %s', (property, value) => {
    expect(matchesSubjectValue(certificate, property, value)).toBe(true);
    expect(matchesSubjectValue(bare, property, value)).toBe(false);
  });

  it.each<[TLSClientAuthProperty, string]>([
    ['tls_client_auth_subject_dn', 'CN=common.example,O=Example'],
    ['tls_client_auth_subject_dn', 'no name at all'],
    ['tls_client_auth_san_dns', 'other.example.com'],
    ['tls_client_auth_san_dns', 'example.com'],
    ['tls_client_auth_san_dns', 'any.wild.example'],
    ['tls_client_auth_san_dns', 'common.example'],
    ['tls_client_auth_san_uri', 'https://example.com/client?a=1'],
    ['tls_client_auth_san_uri', 'https://example.com/'],
    ['tls_client_auth_san_ip', '192.0.2.2'],
    ['tls_client_auth_san_email', 'client@example.com'],
    ['tls_client_auth_san_email', 'common@example.com'],
  ])('does not match: %s %s', (property, value) => {
    expect(matchesSubjectValue(certificate, property, value)).toBe(false);
  });

  it('is an address by its octets, however it is written (R-8)', () => {
    const matches = (value: string) => matchesSubjectValue(certificate, 'tls_client_auth_san_ip', value);
    expect(['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', '2001:db8:0::0:1'].map(matches)).toEqual([true, true, true]);
    expect(['2001:db8::2', '::ffff:192.0.2.1', '::192.0.2.1'].map(matches)).toEqual([false, false, false]);
  });
});

describe('findSubjectValueProblem', () => {
  it.each<[TLSClientAuthProperty, string, RegExp]>([
    ['tls_client_auth_subject_dn', 'client', /subject_dn cannot be used: "client" has no "=" \(RFC 4514, e\.g\./],
    ['tls_client_auth_san_dns', '.example.com', /san_dns cannot be used: it is no host name/],
    ['tls_client_auth_san_dns', 'a b', /no host name/],
    ['tls_client_auth_san_uri', 'example.com', /no URI/],
    ['tls_client_auth_san_ip', '192.0.2.1/24', /no IP address/],
    ['tls_client_auth_san_ip', '192.0.2', /no IP address/],
    ['tls_client_auth_san_email', 'example.com', /no mail address/],
  ])('names what no certificate could match: %s %s', (property, value, problem) => {
    expect(findSubjectValueProblem({ [property]: value })).toMatch(problem);
  });

  it('finds nothing in values of the right kind, nor in metadata without any', () => {
    expect(findSubjectValueProblem({ tls_client_auth_san_ip: '::1' })).toBeUndefined();
    expect(findSubjectValueProblem({ tls_client_auth_subject_dn: 'CN=a' })).toBeUndefined();
    expect(findSubjectValueProblem({ client_name: 'a' })).toBeUndefined();
  });
});
