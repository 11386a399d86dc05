import { inspect } from 'node:util';
import { Secret } from '../../src/secret';
import { identityDialect, readCredential, xsuaaDialect, type CredentialOptions } from '../../src/tokens/credential';
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

function read(fields: Record<string, unknown>, options: Partial<CredentialOptions> = {}) {
  const problems: string[] = [];
  const all = { dialect: xsuaaDialect, keySettings: 'A_KEY_FILE or A_KEY_SERVICE', providedKey: undefined, ...options };
  return { credential: readCredential(fields, all, problems), problems };
}

const provide = (pem: string) => ({ pem: new Secret(pem), name: 'the key in the file k.pem', setting: 'A_KEY_FILE' });

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
    [
      'half a pair',
      () => ({ ...x509(), key: undefined }),
      ['"key" is missing: where the key of the certificate is yours, name it by A_KEY_FILE or A_KEY_SERVICE'],
    ],
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

describe('readCredential of an Identity binding', () => {
  const identity = { clientid: 'guid', url: 'https://tenant.accounts.example/' };
  const readIdentity = (fields: Record<string, unknown>, providedKey?: CredentialOptions['providedKey']) =>
    read({ ...identity, ...fields }, { dialect: identityDialect, providedKey });

  it('takes certificate and key of X509_GENERATED, at the address that also takes secrets', () => {
    const generated = { 'credential-type': 'X509_GENERATED', certificate: pair.chain, key: pair.key };
    const { credential, problems } = readIdentity(generated);
    expect(problems).toEqual([]);
    expect(credential).toMatchObject({
      kind: 'certificate',
      clientId: 'guid',
      certificate: { card: { 'x5t#S256': pair.thumbprint } },
    });
    expect(credential?.tokenUrl.href).toBe('https://tenant.accounts.example/oauth2/token');
  });

  it('takes the secret of SECRET', () => {
    const { credential } = readIdentity({ 'credential-type': 'SECRET', clientsecret: 's' });
    expect(credential).toMatchObject({ kind: 'secret' });
    expect(credential?.tokenUrl.href).toBe('https://tenant.accounts.example/oauth2/token');
  });

  const provided = () => ({ 'credential-type': 'X509_PROVIDED', certificate: pair.chain });

  it('puts the certificate of X509_PROVIDED together with the key that stayed with its owner', () => {
    for (const pem of [pair.key, pair.key.replaceAll('\n', '\r\n'), `${pair.chain}${pair.key}`]) {
      const { credential, problems } = readIdentity(provided(), provide(pem));
      expect(problems).toEqual([]);
      expect(credential).toMatchObject({ kind: 'certificate' });
      expect(inspect(credential, { depth: 5 })).not.toContain(pair.key.split('\n')[1]);
    }
  });

  it('does the same for an x509 binding of XSUAA whose certificate is self-managed', () => {
    const { credential } = read(
      { ...x509(), key: undefined, 'credential-type': 'x509' },
      { providedKey: provide(pair.key) },
    );
    expect(credential).toMatchObject({ kind: 'certificate' });
  });

  it.each<[string, () => ReturnType<typeof read>, string]>([
    ['no key at all', () => readIdentity(provided()), '"key" is missing: where the key'],
    [
      'the key of another certificate',
      () => readIdentity(provided(), provide(expired.key)),
      'the key in the file k.pem does not belong to the first certificate',
    ],
    [
      'a key whose line breaks are lost',
      () => readIdentity(provided(), provide(pair.key.replaceAll('\n', '\\n'))),
      'the key in the file k.pem is no readable private key (ERR_OSSL_UNSUPPORTED): its line breaks are the two characters',
    ],
    [
      'an expired certificate',
      () => readIdentity({ ...provided(), certificate: expired.chain }, provide(expired.key)),
      '"certificate" has expired on 20',
    ],
    [
      'damaged PEM',
      () => readIdentity({ ...provided(), certificate: pair.chain.slice(0, 300) }, provide(pair.key)),
      '"certificate" is no readable certificate',
    ],
    [
      'two keys',
      () => readIdentity({ ...provided(), key: pair.key }, provide(pair.key)),
      'it holds a "key" of its own, and A_KEY_FILE names another: unset that',
    ],
    [
      'a key where there is a secret',
      () => readIdentity({ 'credential-type': 'SECRET', clientsecret: 's' }, provide(pair.key)),
      'the key in the file k.pem is of no use with it: unset A_KEY_FILE',
    ],
    [
      "XSUAA's name for it",
      () => readIdentity({ 'credential-type': 'x509' }),
      'this app knows X509_GENERATED, X509_PROVIDED, SECRET',
    ],
  ])('refuses %s, naming which', (_what, attempt, says) => {
    const { problems, credential } = attempt();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
    // A secret beside a superfluous key would work, but start-up stops at any problem.
    expect(credential?.kind === 'certificate').toBe(false);
  });
});
