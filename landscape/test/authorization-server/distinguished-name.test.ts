import { spawnSync } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import {
  areSameNames,
  DistinguishedNameError,
  formatSubject,
  parseDistinguishedName,
  readSubject,
} from '../../src/authorization-server/distinguished-name';
import { issueClient } from './client-certificates';

const subject = [
  { C: [{ printableString: 'DE' }] },
  { O: [{ utf8String: 'Exämple, "Inc" + Söhne' }] },
  { OU: [{ utf8String: 'Sales' }], CN: [{ utf8String: 'J.  Smith' }] },
  { E: [{ ia5String: 'Mail@example.com' }] },
];
const matches = (certificate: X509Certificate, name: string): boolean =>
  areSameNames(readSubject(certificate), parseDistinguishedName(name));

describe('a subject and the name that it is compared with (R-6)', () => {
  let certificate: X509Certificate;
  beforeAll(async () => {
    certificate = (await issueClient({ subject })).x509;
  });

  it.each([
    ['as RFC 4514 writes it', String.raw`E=Mail@example.com,OU=Sales+CN=J.  Smith,O=Exämple\, \"Inc\" \+ Söhne,C=DE`],
    ['in another case', String.raw`e=mail@EXAMPLE.com,ou=SALES+cn=j.  smith,o=exämple\, \"inc\" \+ söhne,c=de`],
    [
      'with other white space',
      String.raw`E=Mail@example.com , OU = Sales + CN=J. Smith, O=Exämple\, \"Inc\" \+ Söhne, C=DE`,
    ],
    [
      'with octets for special characters',
      String.raw`E=Mail@example.com,OU=Sales+CN=J. Smith,O=Ex\C3\A4mple\2C \22Inc\22 \2B S\c3\b6hne,C=DE`,
    ],
    [
      'with a character in its decomposed form',
      String.raw`E=Mail@example.com,OU=Sales+CN=J. Smith,O=Exämple\, \"Inc\" \+ Söhne,C=DE`.normalize('NFD'),
    ],
    [
      'with the attributes of one part in another order',
      String.raw`E=Mail@example.com,CN=J. Smith+OU=Sales,O=Exämple\, \"Inc\" \+ Söhne,C=DE`,
    ],
    [
      'with other names of the types',
      String.raw`emailAddress=Mail@example.com,OID.2.5.4.11=Sales+2.5.4.3=J. Smith,2.5.4.10=Exämple\, \"Inc\" \+ Söhne,C=DE`,
    ],
  ])('are equal %s', (_, name) => {
    expect(matches(certificate, name)).toBe(true);
  });

  it.each([
    [
      'the parts are in the order of the encoding',
      String.raw`C=DE,O=Exämple\, \"Inc\" \+ Söhne,OU=Sales+CN=J. Smith,E=Mail@example.com`,
    ],
    ['a part is missing', String.raw`E=Mail@example.com,OU=Sales+CN=J. Smith,O=Exämple\, \"Inc\" \+ Söhne`],
    ['a part is more', String.raw`L=x,E=Mail@example.com,OU=Sales+CN=J. Smith,O=Exämple\, \"Inc\" \+ Söhne,C=DE`],
    [
      'one part of two attributes is two parts',
      String.raw`E=Mail@example.com,OU=Sales,CN=J. Smith,O=Exämple\, \"Inc\" \+ Söhne,C=DE`,
    ],
    ['a value differs', String.raw`E=Mail@example.com,OU=Sales+CN=J. Smyth,O=Exämple\, \"Inc\" \+ Söhne,C=DE`],
    ['words are joined', String.raw`E=Mail@example.com,OU=Sales+CN=J.Smith,O=Exämple\, \"Inc\" \+ Söhne,C=DE`],
    ['a type differs', String.raw`E=Mail@example.com,OU=Sales+GN=J. Smith,O=Exämple\, \"Inc\" \+ Söhne,C=DE`],
  ])('are not equal when %s', (_, name) => {
    expect(matches(certificate, name)).toBe(false);
  });

  it('are equal whatever string type the certificate uses', async () => {
    for (const type of ['printableString', 'utf8String', 'bmpString', 'universalString'] as const) {
      const { x509 } = await issueClient({ subject: [{ O: [{ [type]: 'Example' }] }, { CN: [{ [type]: 'client' }] }] });
      expect({ type, equal: matches(x509, 'CN=client,O=Example') }).toEqual({ type, equal: true });
    }
  });

  it('cannot be confused by a value that looks like two parts', async () => {
    const { x509 } = await issueClient({ subject: [{ CN: ['client,O=Example'] }] });
    expect(matches(x509, 'CN=client,O=Example')).toBe(false);
    expect(matches(x509, String.raw`CN=client\,O=Example`)).toBe(true);
    const lines = await issueClient({ subject: [{ CN: ['client\nO=Example'] }] });
    expect(matches(lines.x509, 'O=Example,CN=client')).toBe(false);
  });

  it('are never equal when the certificate has no subject', async () => {
    const { x509 } = await issueClient({ subject: [] });
    expect(matches(x509, 'CN=client')).toBe(false);
    expect(formatSubject(x509)).toBe('');
  });

  it('are equal when openssl or we print the subject', () => {
    expect(matches(certificate, formatSubject(certificate))).toBe(true);
    const args = ['x509', '-noout', '-subject', '-nameopt', 'RFC2253'];
    const { error, stdout } = spawnSync('openssl', args, { input: certificate.toString(), encoding: 'utf8' });
    if (error === undefined) expect(matches(certificate, stdout.replace(/^subject=/, '').trim())).toBe(true);
  });
});

describe('parseDistinguishedName', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['client', '"client" has no "="'],
    ['CN=a,', '"" has no "="'],
    ['FOO=a', 'attribute type "FOO" is not known; write its object identifier'],
    ['=a', 'attribute type "" is not known'],
    ['CN="a,b"', 'character " must be escaped'],
    ['CN=a;O=b', 'character ; must be escaped'],
    ['CN=a<b', 'character < must be escaped'],
    [String.raw`CN=a\zb`, String.raw`character \ must be escaped`],
    [String.raw`CN=a\ff`, String.raw`\ff is no UTF-8`],
    ['CN=#0C03666F6F', 'hexadecimal'],
  ])('refuses %p: %s', (text, message) => {
    expect(() => parseDistinguishedName(text)).toThrow(DistinguishedNameError);
    expect(() => parseDistinguishedName(text)).toThrow(message);
  });

  it('takes the examples of RFC 4514 §4', () => {
    const parse = (text: string) => parseDistinguishedName(text).map((part) => part.map(({ value }) => value));
    expect(parse('UID=jsmith,DC=example,DC=net')).toEqual([['jsmith'], ['example'], ['net']]);
    expect(parse('OU=Sales+CN=J.  Smith,DC=example,DC=net')).toEqual([['sales', 'j. smith'], ['example'], ['net']]);
    expect(parse(String.raw`CN=James \"Jim\" Smith\, III,DC=example,DC=net`)[0]).toEqual(['james "jim" smith, iii']);
    expect(parse(String.raw`CN=Before\0dAfter,DC=example,DC=net`)[0]).toEqual(['before after']);
    expect(parse(String.raw`CN=Lu\C4\8Di\C4\87`)[0]).toEqual(['lučić']);
  });
});
