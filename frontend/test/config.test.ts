import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@mtls/platform';
import { readConfig } from '../src/config';
import { TestCa, type Issued } from './support/test-ca';

let pair: Issued;
let expired: Issued;
const before = { ...process.env };

beforeAll(async () => {
  const ca = await TestCa.create();
  [pair, expired] = await Promise.all([ca.issueClient(), ca.issueClient({ days: -1 })]);
});
beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (/^(VCAP_|PORT$|HOST$|LOG_LEVEL$|DESTINATION_|TOKEN_|BACKEND_|MAX_SOCKETS$)/.test(name))
      delete process.env[name];
});
afterAll(() => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
});

const secretCredentials = {
  clientid: 'sb-clone!b1|destination-xsappname!b2',
  clientsecret: 's',
  'credential-type': 'binding-secret',
  uri: 'https://destination-configuration.cfapps.eu10.example',
  url: 'https://sub.authentication.eu10.example',
};
const x509Credentials = () => ({
  clientid: 'sb-clone!b1|destination-xsappname!b2',
  'credential-type': 'x509',
  certificate: pair.chain,
  key: pair.key,
  certurl: 'https://sub.authentication.cert.eu10.example',
  uri: 'https://destination-configuration.cfapps.eu10.example',
});
const binding = (credentials: object, name = 'mtlsDestination') => ({
  label: 'destination',
  name,
  plan: 'lite',
  tags: ['destination', 'conn', 'connsvc'],
  credentials,
});

function bind(...bindings: object[]): void {
  process.env['VCAP_SERVICES'] = JSON.stringify({ destination: bindings });
}

function problems(): readonly string[] {
  try {
    readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('has a default for everything: the app starts with nothing bound', () => {
    expect(readConfig()).toEqual({
      process: { port: 8080, host: '0.0.0.0', logLevel: 'info', appName: 'frontendmtls' },
      region: 'local',
      destinationName: 'destination_to_mtlsapp',
      destination: undefined,
      timeouts: { tokenMs: 3000, destinationMs: 12_000, backendMs: 5000 },
      cacheAges: { tokenMs: 86_400_000, destinationMs: 300_000 },
      maxSockets: 32,
    });
  });

  it('reads every setting', () => {
    Object.assign(process.env, {
      PORT: '5002',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
      DESTINATION_NAME: 'other',
      TOKEN_TIMEOUT_MS: '1000',
      DESTINATION_TIMEOUT_MS: '2000',
      BACKEND_TIMEOUT_MS: '3000',
      TOKEN_CACHE_SECONDS: '60',
      DESTINATION_CACHE_SECONDS: '30',
      MAX_SOCKETS: '16',
      VCAP_APPLICATION: '{"application_name":"fe","cf_api":"https://api.cf.eu10-004.hana.ondemand.com"}',
    });
    expect(readConfig()).toEqual({
      process: { port: 5002, host: '127.0.0.1', logLevel: 'debug', appName: 'fe' },
      region: 'eu10-004',
      destinationName: 'other',
      destination: undefined,
      timeouts: { tokenMs: 1000, destinationMs: 2000, backendMs: 3000 },
      cacheAges: { tokenMs: 60_000, destinationMs: 30_000 },
      maxSockets: 16,
    });
  });

  it('names the host of the platform whose API names no region', () => {
    process.env['VCAP_APPLICATION'] = '{"cf_api":"https://api.localhost:5000"}';
    expect(readConfig().region).toBe('api.localhost:5000');
    process.env['VCAP_APPLICATION'] = '{}';
    expect(readConfig().region).toBe('local');
  });

  it('finds the destination instance by its tag, with a secret or a certificate', () => {
    bind({ ...binding(secretCredentials), label: 'user-provided' });
    expect(readConfig().destination).toMatchObject({
      bindingName: 'mtlsDestination',
      credential: { kind: 'secret', clientId: secretCredentials.clientid },
    });
    bind(binding(x509Credentials()));
    const { destination } = readConfig();
    expect(destination?.credential).toMatchObject({
      kind: 'certificate',
      certificate: { card: { 'x5t#S256': pair.thumbprint } },
    });
    expect(destination?.serviceUrl.href).toBe('https://destination-configuration.cfapps.eu10.example/');
  });

  it('reads the bindings from the file of VCAP_SERVICES_FILE_PATH', () => {
    const folder = mkdtempSync(join(tmpdir(), 'frontend-config-'));
    try {
      const file = join(folder, 'vcap_services');
      writeFileSync(file, JSON.stringify({ destination: [binding(secretCredentials)] }));
      process.env['VCAP_SERVICES_FILE_PATH'] = file;
      expect(readConfig().destination?.credential.kind).toBe('secret');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ignores bindings without the tag', () => {
    bind({ ...binding(secretCredentials), tags: ['xsuaa'] });
    expect(readConfig().destination).toBeUndefined();
  });

  it('refuses two destination instances and names both', () => {
    bind(binding(secretCredentials, 'one'), binding(secretCredentials, 'two'));
    expect(problems()).toEqual(['2 services with the tag "destination" are bound ("one", "two"): unbind all but one.']);
  });

  it('lists all problems at once, each with the service or setting it is about', () => {
    Object.assign(process.env, {
      PORT: 'x',
      TOKEN_TIMEOUT_MS: '0',
      DESTINATION_CACHE_SECONDS: '301',
      MAX_SOCKETS: '-1',
      DESTINATION_NAME: ' d',
      VCAP_APPLICATION: '{',
    });
    bind(binding({ ...x509Credentials(), clientid: undefined, key: 'x', uri: 'http://plain.example' }));
    const found = problems();
    for (const part of [
      'PORT is "x"',
      'TOKEN_TIMEOUT_MS is "0"',
      'DESTINATION_CACHE_SECONDS is "301"',
      'MAX_SOCKETS is "-1"',
      'DESTINATION_NAME is " d"',
      'VCAP_APPLICATION is not',
      'The service "mtlsDestination" is bound, but "clientid" is missing.',
      'The service "mtlsDestination" is bound, but "key" is no readable private key',
      'The service "mtlsDestination" is bound, but "uri" must be an https URL.',
    ])
      expect(found.filter((problem) => problem.startsWith(part))).toHaveLength(1);
    expect(found).toHaveLength(9);
  });

  it.each([
    ['an expired certificate', () => ({ certificate: expired.chain, key: expired.key }), 'has expired on'],
    ['a pair that does not match', () => ({ key: expired.key }), '"key" does not belong'],
    ['no uri', () => ({ uri: undefined }), '"uri" is missing'],
  ])('refuses to start with %s', (_what, change, part) => {
    bind(binding({ ...x509Credentials(), ...change() }));
    expect(problems()).toHaveLength(1);
    expect(problems()[0]).toContain(part);
    expect(problems()[0]).toContain('The service "mtlsDestination" is bound, but ');
    expect(problems()[0]).not.toContain(pair.key.split('\n')[1]);
  });

  it('reports unreadable bindings without quoting them', () => {
    process.env['VCAP_SERVICES'] = '{"destination":[{"credentials":{"clientsecret":"s3cret"}}';
    expect(problems()).toHaveLength(1);
    expect(problems()[0]).not.toContain('s3cret');
  });
});
