import { parseSubject } from '../../src/pki/subject-name';
import { UsageFailure } from '../../src/failure';
import { failureOf } from '../support/failure-of';

const CN = '2.5.4.3';
const O = '2.5.4.10';
const OU = '2.5.4.11';
const C = '2.5.4.6';

describe('parseSubject', () => {
  it('puts the most general part first, with the string types of X.520', () => {
    expect(parseSubject('CN=client,OU=Sales,O=Example,C=DE')).toEqual([
      { [C]: [{ printableString: 'DE' }] },
      { [O]: [{ utf8String: 'Example' }] },
      { [OU]: [{ utf8String: 'Sales' }] },
      { [CN]: [{ utf8String: 'client' }] },
    ]);
    expect(parseSubject('E=a@example.com,DC=example')).toEqual([
      { '0.9.2342.19200300.100.1.25': [{ ia5String: 'example' }] },
      { '1.2.840.113549.1.9.1': [{ ia5String: 'a@example.com' }] },
    ]);
  });

  it.each([
    ['CN=a, O = b', 'b', 'a'],
    ['cn=a,o=b', 'b', 'a'],
    [String.raw`CN=a\,b\+c\=\"d\"\\,O=\#x`, '#x', String.raw`a,b+c="d"\ `.trim()],
    [String.raw`CN=Lu\C4\8Di\c4\87,O=x\20y`, 'x y', 'Lučić'],
    ['CN=Größe 😀,O=a=b', 'a=b', 'Größe 😀'],
  ])('reads %s', (subject, o, cn) => {
    expect(parseSubject(subject)).toEqual([{ [O]: [{ utf8String: o }] }, { [CN]: [{ utf8String: cn }] }]);
  });

  it('keeps several attributes in one part', () => {
    expect(parseSubject('OU=Sales+CN=a+CN=b')).toEqual([
      { [OU]: [{ utf8String: 'Sales' }], [CN]: [{ utf8String: 'a' }, { utf8String: 'b' }] },
    ]);
  });

  it.each([
    ['', 'it is empty'],
    ['/C=DE/CN=a', 'separated by commas, not slashes'],
    ['client', '"client" is not of the form TYPE=value'],
    ['CN=a,', '"" is not of the form TYPE=value'],
    ['CN=', 'CN must be 1 to 64 characters'],
    [`CN=${'x'.repeat(65)}`, 'CN must be 1 to 64 characters'],
    ['C=Germany', 'C must be the two letters of a country'],
    ['E=ä@b', 'E must be a mail address'],
    ['FOO=x', 'the type FOO is not one of CN, O, OU'],
    ['CN="a"', 'the character " needs a backslash'],
    ['CN=a;O=b', 'the character ; needs a backslash'],
    [String.raw`CN=a\zb`, String.raw`\z is no escape`],
    [String.raw`CN=a\FF`, String.raw`\FF is no UTF-8`],
    ['CN=a\\', String.raw`\ is no escape`],
  ])('refuses %p: %s', (subject, why) => {
    const failure = failureOf(() => parseSubject(subject));
    expect(failure).toBeInstanceOf(UsageFailure);
    expect(failure).toMatchObject({ code: 'subject-invalid', message: expect.stringContaining(why) as string });
    expect(failure.remedy).toContain('CN=client,O=Example,C=DE');
  });
});
