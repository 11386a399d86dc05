import { inspect } from 'node:util';
import { readCredential, readHttpsUrl } from '../../src/tokens/credential';
import { TestCa, type Issued } from '../support/test-ca';

let pair: Issued;
let expired: Issued;

beforeAll(async () => {
  const ca = await TestCa.create();
  [pair, expired] = await Promise.all([ca.issueClient(), ca.issueClient({ days: -1 })]);
});

const common = { clientid: 'sb-app!t1', url: 'https://sub.authentication.example' };
const x509 = () => ({
  ...common,
  certurl: 'https://sub.authentication.cert.example',
  certificate: pair.chain,
  key: pair.key,
});

function read(fields: Record<string, unknown>) {
  const problems: string[] = [];
  return { credential: readCredential(fields, problems), problems };
}

describe('readCredential', () => {
  it('takes the secret and the plain host of a secret binding', () => {
    const { credential, problems } = read({ ...common, 'credential-type': 'binding-secret', clientsecret: 's$+/=' });
    expect(problems).toEqual([]);
    expect(credential).toMatchObject({ kind: 'secret', clientId: 'sb-app!t1' });
    expect(credential?.tokenUrl.href).toBe('https://sub.authentication.example/oauth/token');
    expect(credential?.kind === 'secret' && credential.secret.reveal()).toBe('s$+/=');
    expect(inspect(credential, { depth: 5 })).not.toContain('s$+/=');
  });

  it('takes certificate, key and the certificate host of an x509 binding', () => {
    const { credential, problems } = read({ ...x509(), 'credential-type': 'x509' });
    expect(problems).toEqual([]);
    expect(credential).toMatchObject({ kind: 'certificate', certificate: { card: { 'x5t#S256': pair.thumbprint } } });
    expect(credential?.tokenUrl.href).toBe('https://sub.authentication.cert.example/oauth/token');
  });

  it.each([
    ['x509', () => x509(), 'certificate'],
    ['a secret', () => ({ ...common, clientsecret: 's' }), 'secret'],
  ])('finds out that it is %s where no credential-type says so', (_kind, fields, kind) => {
    expect(read(fields()).credential?.kind).toBe(kind);
  });

  it('goes by the credential-type where both are there', () => {
    const both = { ...x509(), clientsecret: 's' };
    expect(read({ ...both, 'credential-type': 'x509' }).credential?.kind).toBe('certificate');
    expect(read({ ...both, 'credential-type': 'instance-secret' }).credential?.kind).toBe('secret');
  });

  it.each<[string, () => Record<string, unknown>, string[]]>([
    ['nothing at all', () => ({}), ['"clientid" is missing', '"url" is missing', '"clientsecret" is missing']],
    ['no secret', () => common, ['"clientsecret" is missing']],
    ['half a pair', () => ({ ...x509(), key: undefined }), ['"key" is missing']],
    ['the other half', () => ({ ...x509(), certificate: undefined }), ['"certificate" is missing']],
    ['no certificate host', () => ({ ...x509(), certurl: undefined }), ['"certurl" is missing']],
    ['an empty id', () => ({ ...x509(), clientid: '' }), ['"clientid" must be a text that is not empty']],
    ['a number for the id', () => ({ ...x509(), clientid: 1 }), ['"clientid" must be a text that is not empty']],
    ['plain http', () => ({ ...common, clientsecret: 's', url: 'http://sub.example' }), ['"url" must be an https URL']],
    ['no URL', () => ({ ...common, clientsecret: 's', url: 'sub.example' }), ['"url" must be an https URL']],
    [
      'an unknown type',
      () => ({ ...x509(), 'credential-type': 'X' }),
      ['"credential-type" is "X", but this app knows'],
    ],
    ['secret and certificate', () => ({ ...x509(), clientsecret: 's' }), ['both "clientsecret" and a certificate']],
    [
      'an expired certificate',
      () => ({ ...x509(), certificate: expired.chain, key: expired.key }),
      ['has expired on 20'],
    ],
    ['a key of another pair', () => ({ ...x509(), key: expired.key }), ['"key" does not belong']],
    [
      'damaged PEM',
      () => ({ ...x509(), certificate: 'x', key: 'y' }),
      ['no readable certificate', 'no readable private key'],
    ],
  ])('refuses %s', (_what, fields, expected) => {
    const { credential, problems } = read(fields());
    expect(credential).toBeUndefined();
    expect(problems).toHaveLength(expected.length);
    expected.forEach((part, index) => expect(problems[index]).toContain(part));
  });

  it('accepts a slash at the end of the address', () => {
    const { credential } = read({ ...common, clientsecret: 's', url: 'https://sub.example/' });
    expect(credential?.tokenUrl.href).toBe('https://sub.example/oauth/token');
  });
});

describe('readHttpsUrl', () => {
  it.each(['http://a', 'ftp://a', 'a', '', '//a'])('refuses %s', (value) => {
    const problems: string[] = [];
    expect(readHttpsUrl(value, 'uri', problems)).toBeUndefined();
    expect(problems).toEqual(['"uri" must be an https URL']);
  });
});
