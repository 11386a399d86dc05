import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrokerError, type JsonObject } from '../../src/broker';
import { readInstanceParameters } from '../../src/identity/instance-parameters';

const PREFIX = 'Error reading the service instance parameters: ';
const oauth2 = (configuration: JsonObject): JsonObject => ({ 'oauth2-configuration': configuration });
const policy = (tokenPolicy: JsonObject): JsonObject => oauth2({ 'token-policy': tokenPolicy });

/** What a refusal says behind its beginning. */
function problemsOf(parameters: JsonObject): string {
  try {
    readInstanceParameters(parameters);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    expect({ status: error.status, start: error.message.slice(0, PREFIX.length) }).toEqual({
      status: 400,
      start: PREFIX,
    });
    return error.message.slice(PREFIX.length);
  }
  return 'nothing was refused';
}

describe('readInstanceParameters', () => {
  it('needs none', () => {
    expect(readInstanceParameters({})).toEqual({
      'oauth2-configuration': { 'public-client': false },
      'consumed-services': [],
      'xsuaa-cross-consumption': false,
      'provided-apis': [],
    });
  });

  it('reads the shipped config_ias.json', () => {
    const file = join(__dirname, '..', '..', '..', 'config_ias.json');
    const parameters = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
    expect(readInstanceParameters(parameters)).toMatchObject({ 'display-name': 'clicreias' });
  });

  it.each<[string, JsonObject]>([
    ['a name', { name: 'opportunity-management' }],
    ['a display name of 99 characters', { 'display-name': 'a'.repeat(99) }],
    ['authorization', { authorization: { enabled: true, value_help_url: 'https://app.example/odata/v4/Help/' } }],
    [
      'redirect URIs with wildcards',
      oauth2({ 'redirect-uris': ['https://*.app.example/**', 'http://localhost:5002/x'] }),
    ],
    [
      'logout URIs',
      oauth2({
        'post-logout-redirect-uris': ['https://app.example/bye'],
        'front-channel-logout-uris': ['https://app.example/out'],
      }),
    ],
    ['a public client', oauth2({ 'public-client': true })],
    [
      'all grant types',
      oauth2({
        'grant-types': [
          'client_credentials',
          'password',
          'authorization_code',
          'refresh_token',
          'urn:ietf:params:oauth:grant-type:token-exchange',
          'implicit',
          'urn:ietf:params:oauth:grant-type:jwt-bearer',
          'authorization_code_pkce_s256',
        ],
      }),
    ],
    [
      'the smallest token policy',
      policy({
        'token-validity': 60,
        'refresh-validity': 0,
        'refresh-parallel': 1,
        'refresh-usage-after-renewal': 'off',
        'access-token-format': 'default',
      }),
    ],
    [
      'the largest token policy',
      policy({
        'token-validity': 43_200,
        'refresh-validity': 15_552_000,
        'refresh-parallel': 10,
        'refresh-usage-after-renewal': 'mobile',
        'access-token-format': 'jwt',
      }),
    ],
    ['the shortest refresh validity', policy({ 'refresh-validity': 3600 })],
    [
      '400 consumed services',
      { 'consumed-services': Array.from({ length: 400 }, () => ({ 'service-instance-name': 'x' })) },
    ],
    [
      '50 provided APIs',
      { 'provided-apis': Array.from({ length: 50 }, (_, index) => ({ name: `api-${index}`, description: 'x' })) },
    ],
    ['a long API name', { 'provided-apis': [{ name: "urn:a.b-c_~!$&'()*+,;=:@/%20".padEnd(50, 'x') }] }],
    ['cross consumption', { 'xsuaa-cross-consumption': true }],
    ['the subject', { 'subject-name-identifier': { attribute: 'mail', 'fallback-attribute': 'none' } }],
  ])('takes %s', (_, parameters) => {
    expect(readInstanceParameters(parameters)).toMatchObject(parameters);
  });

  it.each<[JsonObject, string | RegExp]>([
    [
      { displayname: 'x' },
      '"displayname" is unknown; known are name, display-name, oauth2-configuration, consumed-services, xsuaa-cross-consumption, authorization, subject-name-identifier, provided-apis',
    ],
    [{ 'multi-tenant': true }, /^"multi-tenant" is unknown/],
    [{ 'display-name': 'a'.repeat(100) }, /"display-name" is .*; it must be a text of at most 99 characters$/],
    [{ 'display-name': 7 }, '"display-name" is 7; it must be a text of at most 99 characters'],
    [{ name: '' }, '"name" is ""; it must be a text of 1 to 255 characters'],
    [oauth2({ 'redirect-urls': [] }), /^"oauth2-configuration.redirect-urls" is unknown/],
    [
      oauth2({ 'redirect-uris': Array.from({ length: 21 }, () => 'https://a.example') }),
      /"oauth2-configuration.redirect-uris" is .*; it must be a list of at most 20 entries$/,
    ],
    [
      oauth2({ 'redirect-uris': ['/callback'] }),
      /"oauth2-configuration.redirect-uris\[0\]" is "\/callback"; it must be an absolute URI/,
    ],
    [oauth2({ 'redirect-uris': ['https://a.example/x#y'] }), /without fragment/],
    [
      oauth2({ 'grant-types': ['magic'] }),
      /"oauth2-configuration.grant-types\[0\]" is "magic"; it must be one of client_credentials, /,
    ],
    [oauth2({ 'grant-types': [] }), /at least one entry/],
    [policy({ 'token-validity': 59 }), /token-validity" is 59; it must be a whole number of seconds from 60 to 43200$/],
    [policy({ 'token-validity': 43_201 }), /from 60 to 43200$/],
    [
      policy({ 'refresh-validity': 3599 }),
      /refresh-validity" is 3599; it must be 0, or a whole number of seconds from 3600 to 15552000$/,
    ],
    [policy({ 'refresh-validity': 15_552_001 }), /from 3600 to 15552000$/],
    [policy({ 'refresh-parallel': 11 }), /from 1 to 10$/],
    [policy({ 'refresh-usage-after-renewal': 'on' }), /one of off, online, mobile$/],
    [policy({ 'access-token-format': 'opaque' }), /it must be default or jwt: the landscape issues no opaque tokens$/],
    [{ 'consumed-services': [{ name: 'x' }] }, /"consumed-services\[0\].service-instance-name" is missing/],
    [
      { 'consumed-services': Array.from({ length: 401 }, () => ({ 'service-instance-name': 'x' })) },
      /at most 400 entries$/,
    ],
    [{ 'provided-apis': Array.from({ length: 51 }, (_, index) => ({ name: `a${index}` })) }, /at most 50 entries$/],
    [{ 'provided-apis': [{ name: 'a'.repeat(51) }] }, /it must be a name of 1 to 50 characters/],
    [{ 'provided-apis': [{ name: 'two words' }] }, /RFC 8141/],
    [{ 'provided-apis': [{ name: 'a' }, { name: 'a' }] }, '"provided-apis" holds "a" twice; each name may occur once'],
    [{ authorization: { value_help_url: 'http://app.example/x' } }, /it must be a URL like https:\/\/host\/path/],
    [
      { 'subject-name-identifier': { attribute: 'none' } },
      /one of userUuid, uid, mail, displayName, loginName, personnelNumber$/,
    ],
    [
      oauth2({
        'front-channel-logout-uris': ['https://a.example/'],
        'back-channel-logout-uris': ['https://a.example/'],
      }),
      /holds both "front-channel-logout-uris" and "back-channel-logout-uris"; give one of them$/,
    ],
  ])('refuses %j', (parameters, problem) => {
    const problems = problemsOf(parameters);
    if (typeof problem === 'string') expect(problems).toBe(problem);
    else expect(problems).toMatch(problem);
  });

  it.each<[JsonObject]>([
    [{ xsappname: 'mtlsxsuaa', 'tenant-mode': 'dedicated' }],
    [{ 'display-name': 'x', scopes: [] }],
  ])('says to whom %j belongs', (parameters) => {
    expect(() => readInstanceParameters(parameters)).toThrow(
      /This looks like xs-security.json, which is for the service xsuaa/,
    );
  });

  it.each<[JsonObject]>([
    [oauth2({ 'credential-types': ['x509'] })],
    [{ 'credential-type': 'X509_GENERATED' }],
    [{ x509: {} }],
  ])('says where the credential type of %j belongs', (parameters) => {
    expect(() => readInstanceParameters(parameters)).toThrow(
      /The credential type is chosen for each binding and service key: \{"credential-type": "X509_GENERATED"\}/,
    );
  });
});
