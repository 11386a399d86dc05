import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lintDestination } from '../../../src/destination/lint/lint-destination';
import { readDestinations } from '../../../src/destination/read-destinations';

const good = {
  Name: 'd',
  Type: 'HTTP',
  URL: 'https://backend-x.cert.cfapps.eu10.hana.ondemand.com',
  ProxyType: 'Internet',
  Authentication: 'OAuth2ClientCredentials',
  clientId: 'sb-x!t1',
  tokenServiceURLType: 'Dedicated',
  tokenServiceURL: 'https://sub.authentication.cert.eu10.hana.ondemand.com/oauth/token',
  'tokenService.KeyStoreLocation': 'client.pem',
};
const certificate = {
  Name: 'd',
  Type: 'HTTP',
  URL: 'https://x.example',
  ProxyType: 'Internet',
  Authentication: 'ClientCertificateAuthentication',
  KeyStoreLocation: 'k.p12',
};
const lint = (properties: Record<string, string>) =>
  lintDestination({ where: 'file', kind: 'file', properties, findings: [] });
/** `undefined` takes a property away. */
function change(base: Record<string, string>, changes: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries({ ...base, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
const codes = (changes: Record<string, string | undefined>, base: Record<string, string> = good) =>
  lint(change(base, changes)).map(({ code }) => code);

const IAS = 'https://tenant.accounts.ondemand.com/oauth2/token';
const KEYSTORE = 'tokenService.KeyStoreLocation';
const PASSWORD = 'tokenService.KeyStorePassword';
const PLACEHOLDER = '<< Existing password/certificate removed on export >>';

describe('lintDestination', () => {
  it.each<readonly [string, Record<string, string>]>([
    ['with a keystore for XSUAA', good],
    ['with a keystore for IAS', { ...good, tokenServiceURL: IAS }],
    ['with a certificate for the target', certificate],
    [
      'without authentication',
      { Name: 'd', Type: 'HTTP', URL: 'http://x', ProxyType: 'Internet', Authentication: 'NoAuthentication' },
    ],
    ['to another kind of system', { Name: 'd', Type: 'RFC', 'jco.client.client': '100' }],
    ['for many tenants of another server', { ...good, tokenServiceURL: 'https://idp.example/as/token.oauth2' }],
    ['with own properties', { ...good, 'URL.headers.x': 'y', sap_client: '100', WebIDEEnabled: 'true' }],
  ])('finds nothing wrong with a destination %s', (_, properties) => {
    expect(lint(properties)).toEqual([]);
  });

  it.each<readonly [string, Record<string, string | undefined>]>([
    ['export-placeholder', { clientSecret: PLACEHOLDER }],
    ['escape-kept', { clientId: String.raw`sb-x\!t1` }],
    ['blank-kept', { clientId: 'sb-x!t1 ' }],
    ['property-spelling', { clientid: 'sb-x!t1' }],
    ['property-missing', { Name: undefined }],
    ['property-missing', { Type: undefined }],
    ['property-missing', { URL: '' }],
    ['property-missing', { ProxyType: undefined }],
    ['property-missing', { clientId: undefined }],
    ['property-missing', { tokenServiceURL: undefined }],
    ['property-missing', { Authentication: undefined }],
    ['url-incomplete', { URL: 'backend.example' }],
    ['url-trailing-slash', { URL: 'https://x/' }],
    ['url-plain-route', { URL: 'https://backend.cfapps.eu10.hana.ondemand.com' }],
    ['token-url-incomplete', { tokenServiceURL: 'sub.authentication.cert.x' }],
    ['token-url-http', { tokenServiceURL: 'http://sub.authentication.cert.x/oauth/token' }],
    ['token-url-path', { tokenServiceURL: 'https://sub.authentication.cert.eu10.hana.ondemand.com' }],
    ['token-url-path', { tokenServiceURL: 'https://sub.authentication.cert.eu10.hana.ondemand.com/oauth' }],
    ['token-url-plain-host', { tokenServiceURL: 'https://sub.authentication.eu10.hana.ondemand.com/oauth/token' }],
    ['token-url-private', { tokenServiceURL: 'https://localhost:5445/oauth/token' }],
    ['token-url-type', { tokenServiceURLType: 'dedicated' }],
    ['token-url-tenant', { tokenServiceURL: 'https://{tenant}.authentication.cert.x/oauth/token' }],
    ['common-with-subdomain', { tokenServiceURLType: 'Common' }],
    [
      'common-without-tenant',
      { tokenServiceURLType: 'Common', tokenServiceURL: 'https://{tenant}.authentication.cert.x/oauth/token' },
    ],
    [
      'common-without-tenant',
      { tokenServiceURLType: 'Common', tokenServiceURL: 'https://authentication.cert.x/oauth/token' },
    ],
    ['timeout-range', { 'tokenServiceURL.ConnectionTimeoutInSeconds': '61' }],
    ['client-secret-empty', { clientSecret: '' }],
    ['credentials-missing', { [KEYSTORE]: undefined }],
    ['token-service-user', { tokenServiceUser: 'u' }],
    ['trust-all', { TrustAll: 'TRUE' }],
    ['keystore-extension', { [KEYSTORE]: 'client' }],
    ['keystore-extension', { [KEYSTORE]: 'client.der' }],
    ['keystore-name-dots', { [KEYSTORE]: 'my.company.pem' }],
    ['keystore-password-missing', { [KEYSTORE]: 'client.p12' }],
    ['keystore-password-unused', { [PASSWORD]: '' }],
    ['keystore-proxy-type', { ProxyType: 'OnPremise' }],
  ])('finds %s in %p', (code, changes) => {
    expect(codes(changes)).toEqual([code]);
  });

  it.each<readonly [string, Record<string, string | undefined>]>([
    ['client-secret-and-keystore', { clientSecret: 's' }],
    ['secret-in-file', { clientSecret: 's' }],
    ['keystore-java', { [KEYSTORE]: 'client.jks' }],
    ['keystore-property', { [KEYSTORE]: undefined, KeyStoreLocation: 'client.pem' }],
  ])('finds %s among others', (code, changes) => {
    expect(codes(changes)).toContain(code);
  });

  it.each<readonly [string, Record<string, string | undefined>]>([
    ['url-http', { URL: 'http://x.example' }],
    ['credentials-missing', { KeyStoreLocation: undefined }],
    ['keystore-property', { KeyStoreLocation: undefined, [KEYSTORE]: 'k.p12', [PASSWORD]: 'p', tokenServiceURL: IAS }],
  ])('finds %s with a certificate for the target', (code, changes) => {
    expect(codes(changes, certificate)).toContain(code);
  });

  it('takes a client that sends no keystore for one with a secret', () => {
    expect(codes({ [KEYSTORE]: undefined, clientSecret: 's' })).toEqual(['secret-in-file']);
    expect(codes({ [KEYSTORE]: 'client.p12', [PASSWORD]: 'x' })).toEqual([]);
    expect(codes({ KeyStoreLocation: undefined, 'KeyStore.Source': 'ClientProvided' }, certificate)).toEqual([]);
  });

  it('puts the worst first, and names property, meaning and remedy', () => {
    const findings = lint({ ...good, URL: 'https://x/', clientSecret: '' });
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'warning']);
    for (const { where, message, remedy } of findings) {
      expect(where).toMatch(/^file, (clientSecret|URL)$/);
      expect(message).not.toBe('');
      expect(remedy).not.toBe('');
    }
  });

  it('repeats no secret', () => {
    const properties = {
      ...good,
      clientSecret: 's3cret ',
      Password: String.raw`s3cret\!`,
      tokenServicePassword: 's3cret',
    };
    expect(JSON.stringify(lint(properties))).not.toContain('s3cret');
  });

  it('finds nothing wrong with what is shipped', () => {
    for (const [file, count] of [
      ['destination/destination_to_mtlsapp', 1],
      ['destination/destination_for_user', 1],
      ['mta.yaml', 2],
    ] as const) {
      const { entries, findings } = readDestinations(
        readFileSync(join(__dirname, '..', '..', '..', '..', file), 'utf8'),
        file,
      );
      expect(entries).toHaveLength(count);
      expect([...findings, ...entries.flatMap((entry) => lintDestination(entry))]).toEqual([]);
    }
  });

  it('has a test for every code of a rule', () => {
    const rules = join(__dirname, '..', '..', '..', 'src', 'destination', 'lint');
    const tests = readFileSync(join(__dirname, 'lint-destination.test.ts'), 'utf8');
    const sources = readdirSync(rules).filter((file) => file.endsWith('-rules.ts') && file !== 'stored-rules.ts');
    const used = sources.flatMap((file) => [
      ...readFileSync(join(rules, file), 'utf8').matchAll(/\[\s*'([a-z]+(?:-[a-z]+)+)',/g),
    ]);
    expect(used.length).toBeGreaterThan(25);
    for (const [, code = ''] of used) expect(tests).toContain(`'${code}'`);
  });
});
