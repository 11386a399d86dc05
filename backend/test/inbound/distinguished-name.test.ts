import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDistinguishedName, readCertificateName } from '../../src/inbound/distinguished-name';

describe('parseDistinguishedName', () => {
  it.each([
    ['CN=client,O=Example', 'cn = client , o=Example'],
    ['CN=a\\,b', 'CN=a\\2Cb'],
    ['CN=S\u00f6hne', 'CN=S\\c3\\b6hne'],
    ['CN=a+OU=b,C=DE', 'OU=b+CN=a,C=DE'],
    ['E=a@b.c', 'emailAddress=a@b.c'],
    ['CN=\\ a\\ ', 'CN=\\20a\\20'],
    ['CN=a', 'CN=a  '],
  ])('takes %s and %s for the same name', (a, b) => {
    expect(parseDistinguishedName(a)).toBeDefined();
    expect(parseDistinguishedName(a)).toBe(parseDistinguishedName(b));
  });

  it.each([
    ['CN=client,O=Example', 'O=Example,CN=client'],
    ['CN=client', 'CN=Client'],
    ['CN=a,CN=b', 'CN=a\\,CN=b'],
    ['CN=a+OU=b', 'CN=a,OU=b'],
    ['CN=a', 'CN=a,O=b'],
    ['CN=\\ a', 'CN=a'],
    ['CN=a\\0A', 'CN=a'],
    ['CN=x\\00', 'CN=x'],
  ])('takes %s and %s for different names', (a, b) => {
    expect(parseDistinguishedName(a)).toBeDefined();
    expect(parseDistinguishedName(a)).not.toBe(parseDistinguishedName(b));
  });

  it.each([
    '',
    'client',
    '/CN=client/O=Example',
    'CN=',
    'CN=a,',
    ',CN=a',
    'CN=a+',
    'CN="a, b"',
    'CN=a;b',
    'CN=\\a',
    'CN=\\ff',
  ])('refuses %j', (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined();
  });
});

describe('readCertificateName', () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    '/C=DE/O=Example/CN=client',
    '/C=DE/O=Example, Inc. "quoted" <x> ; #1/CN=#client',
    '/O=Söhne \\\\+ Co/CN= blanks around ',
    '/C=DE/OU=a+CN=b/emailAddress=a@b.example',
    '/O=two\nlines/CN=tab\there',
  ])('reads %j as openssl writes it after RFC 2253', (subject) => {
    const file = join(folder, 'certificate.pem');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'key.pem')];
    execFileSync('openssl', ['req', '-x509', ...key, '-out', file, '-utf8', '-multivalue-rdn', '-subj', subject], {
      stdio: 'pipe',
    });
    const options = ['x509', '-in', file, '-noout', '-subject', '-nameopt', 'RFC2253'];
    const [, written = ''] = /^subject=(.*)\n$/s.exec(execFileSync('openssl', options, { encoding: 'utf8' })) ?? [];
    const name = readCertificateName(new X509Certificate(readFileSync(file)).subject);
    expect(name).toBeDefined();
    expect(name).toBe(parseDistinguishedName(written));
  });

  it('finds no name where there is none', () => {
    expect(readCertificateName(undefined)).toBeUndefined();
  });
});
