import { createPrivateKey } from 'node:crypto';
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
    if (
      /^(VCAP_|PORT$|HOST$|LOG_LEVEL$|DESTINATION_|IDENTITY_|TOKEN_|BACKEND_|SESSION_|XSUAA_|USER_DESTINATION_|REQUIRE_LOGIN$|CF_INSTANCE_INDEX$|OAUTH_|MTLS_|MAX_SOCKETS$)/.test(
        name,
      )
    )
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
      process: { port: 8080, host: '0.0.0.0', logLevel: 'info', appName: 'frontendmtls', reloadCheckMs: 5000 },
      region: 'local',
      destinationName: 'destination_to_mtlsapp',
      destination: undefined,
      identity: undefined,
      oauth: undefined,
      xsuaa: undefined,
      userDestinationName: 'destination_for_user',
      sessions: { redis: undefined, idleMs: 900_000, requireLogin: false, instanceIndex: 0 },
      identityResources: [],
      backendUrl: undefined,
      backendPlainUrl: undefined,
      demoAttacks: false,
      timeouts: { tokenMs: 3000, destinationMs: 12_000, backendMs: 5000 },
      cacheAges: { tokenMs: 86_400_000, destinationMs: 300_000 },
      maxSockets: 64,
      files: [],
    });
  });

  it('reads every setting', () => {
    Object.assign(process.env, {
      PORT: '5002',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
      DESTINATION_NAME: 'other',
      USER_DESTINATION_NAME: 'for_users',
      SESSION_TIMEOUT_MINUTES: '60',
      REQUIRE_LOGIN: 'false',
      CF_INSTANCE_INDEX: '1',
      IDENTITY_RESOURCE:
        ' urn:sap:identity:application:provider:name:a  urn:sap:identity:application:provider:clientid:b',
      BACKEND_URL: 'https://backend.cert.example/base',
      BACKEND_PLAIN_URL: 'http://localhost:5001',
      DEMO_ATTACKS: 'true',
      TOKEN_TIMEOUT_MS: '1000',
      DESTINATION_TIMEOUT_MS: '2000',
      BACKEND_TIMEOUT_MS: '3000',
      TOKEN_CACHE_SECONDS: '60',
      DESTINATION_CACHE_SECONDS: '30',
      MAX_SOCKETS: '16',
      VCAP_APPLICATION: '{"application_name":"fe","cf_api":"https://api.cf.eu10-004.hana.ondemand.com"}',
    });
    expect(readConfig()).toEqual({
      process: { port: 5002, host: '127.0.0.1', logLevel: 'debug', appName: 'fe', reloadCheckMs: 5000 },
      region: 'eu10-004',
      destinationName: 'other',
      destination: undefined,
      identity: undefined,
      oauth: undefined,
      xsuaa: undefined,
      userDestinationName: 'for_users',
      sessions: { redis: undefined, idleMs: 3_600_000, requireLogin: false, instanceIndex: 1 },
      identityResources: [
        'urn:sap:identity:application:provider:name:a',
        'urn:sap:identity:application:provider:clientid:b',
      ],
      backendUrl: new URL('https://backend.cert.example/base'),
      backendPlainUrl: new URL('http://localhost:5001'),
      demoAttacks: true,
      timeouts: { tokenMs: 1000, destinationMs: 2000, backendMs: 3000 },
      cacheAges: { tokenMs: 60_000, destinationMs: 30_000 },
      maxSockets: 16,
      files: [],
    });
  });

  it('wants an XSUAA to log in with where a login is required', () => {
    process.env['REQUIRE_LOGIN'] = 'true';
    expect(problems()).toEqual([
      'REQUIRE_LOGIN is true, but no XSUAA is bound that users could log in with: bind one, or unset it.',
    ]);
    process.env['REQUIRE_LOGIN'] = 'yes';
    expect(problems()).toEqual(['REQUIRE_LOGIN is "yes": give true or false, or unset it for false.']);
  });

  it('reads the XSUAA that users log in with, its client and the address for browsers', () => {
    const url = 'https://sub.authentication.eu10.example';
    const xsuaa = { label: 'xsuaa', name: 'mtlsXsuaa', plan: 'application', tags: ['xsuaa'] };
    bind({ ...xsuaa, credentials: { ...x509Credentials(), url } });
    process.env['REQUIRE_LOGIN'] = 'true';
    const { xsuaa: bound, sessions } = readConfig();
    expect(bound).toMatchObject({ bindingName: 'mtlsXsuaa', credential: { kind: 'certificate' }, url: new URL(url) });
    expect(bound?.credential.tokenUrl.href).toBe('https://sub.authentication.cert.eu10.example/oauth/token');
    expect(sessions.requireLogin).toBe(true);
    process.env['REQUIRE_LOGIN'] = '';
    bind({ ...xsuaa, credentials: x509Credentials() });
    expect(problems()).toEqual(['The service "mtlsXsuaa" is bound, but "url" is missing.']);
    bind({ ...xsuaa, credentials: secretCredentials }, { ...xsuaa, name: 'second', credentials: secretCredentials });
    expect(problems()).toEqual([
      '2 services with the label "xsuaa" are bound ("mtlsXsuaa", "second"): unbind all but one.',
    ]);
  });

  it('reads the Redis that sessions are kept in, and refuses one without TLS, but on this machine', () => {
    const credentials = { hostname: 'redis.example', port: '6380', password: 'pw', tls: true, ca_certificate: 'PEM' };
    const redis = (change: object) => ({
      label: 'redis-cache',
      name: 'mtlsRedis',
      credentials: { ...credentials, ...change },
    });
    bind(redis({}));
    const bound = readConfig().sessions.redis;
    expect(bound).toMatchObject({ host: 'redis.example', port: 6380, tls: true, ca: 'PEM', username: undefined });
    expect(bound?.password.reveal()).toBe('pw');
    bind(redis({ tls: false }));
    expect(problems()).toEqual([
      'The service "mtlsRedis" is bound, but "tls" is not true: sessions hold tokens, which never leave this app unencrypted.',
    ]);
    bind({ ...redis({ tls: false, hostname: '127.0.0.1' }), label: 'user-provided', tags: ['redis-cache'] });
    expect(readConfig().sessions.redis?.tls).toBe(false);
    bind(redis({ cluster_mode: 'true' }));
    expect(problems()[0]).toMatch(/cluster mode/);
    bind(redis({ port: 'x', password: '' }));
    expect(problems()).toEqual([
      'The service "mtlsRedis" is bound, but these of its credentials cannot be used: port, password.',
    ]);
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

  it('lists the files of keys, too, so that they can be watched', () => {
    Object.assign(process.env, {
      IDENTITY_KEY_FILE: '/keys/identity.pem',
      DESTINATION_KEY_FILE: '/keys/destination.pem',
    });
    expect(readConfig().files).toEqual(['/keys/destination.pem', '/keys/identity.pem']);
  });

  it('lists the files of the client of another authorization server as well', () => {
    const folder = mkdtempSync(join(tmpdir(), 'frontend-config-'));
    try {
      const [certificate, key] = [join(folder, 'client.crt'), join(folder, 'client.key')];
      writeFileSync(certificate, pair.chain);
      writeFileSync(key, pair.key);
      Object.assign(process.env, {
        MTLS_OAUTH_CLIENT_ID: 'service',
        MTLS_OAUTH_TOKEN_URL: 'https://mtls.as.example/token',
        MTLS_OAUTH_CERTIFICATE_FILE: certificate,
        MTLS_OAUTH_KEY_FILE: key,
      });
      expect(readConfig()).toMatchObject({ oauth: { bound: { clientId: 'service' } }, files: [certificate, key] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads the bindings from the file of VCAP_SERVICES_FILE_PATH', () => {
    const folder = mkdtempSync(join(tmpdir(), 'frontend-config-'));
    try {
      const file = join(folder, 'vcap_services');
      writeFileSync(file, JSON.stringify({ destination: [binding(secretCredentials)] }));
      process.env['VCAP_SERVICES_FILE_PATH'] = file;
      expect(readConfig()).toMatchObject({ destination: { credential: { kind: 'secret' } }, files: [file] });
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

  it.each([
    'http://backend.example',
    'backend.example',
    'https://user:s3cret@backend.example',
    'https://b.example?x=s3cret',
  ])('refuses %s as BACKEND_URL and as BACKEND_PLAIN_URL without quoting it', (value) => {
    Object.assign(process.env, { BACKEND_URL: value, BACKEND_PLAIN_URL: value });
    expect(problems()).toEqual([
      expect.stringMatching(/^BACKEND_URL must be the base address of the backend/),
      expect.stringMatching(/^BACKEND_PLAIN_URL must be the base address of the backend without client certificates/),
    ]);
    expect(problems().join()).not.toContain('s3cret');
  });

  it.each(['yes', '1', 'TRUE', ' true'])('refuses DEMO_ATTACKS=%s', (value) => {
    process.env['DEMO_ATTACKS'] = value;
    expect(problems()).toEqual([expect.stringContaining('give true or false, or unset it for false')]);
  });

  it.each(['', 'false'])('switches the attacks off by DEMO_ATTACKS=%s', (value) => {
    process.env['DEMO_ATTACKS'] = value;
    expect(readConfig().demoAttacks).toBe(false);
  });

  it('refuses a resource that Identity has no such name for', () => {
    process.env['IDENTITY_RESOURCE'] = 'urn:sap:identity:application:provider:name:a https://b.example';
    expect(problems()).toEqual([expect.stringContaining('IDENTITY_RESOURCE holds "https://b.example"')]);
  });

  it('reports unreadable bindings without quoting them', () => {
    process.env['VCAP_SERVICES'] = '{"destination":[{"credentials":{"clientsecret":"s3cret"}}';
    expect(problems()).toHaveLength(1);
    expect(problems()[0]).not.toContain('s3cret');
  });
});

describe('the binding of Identity', () => {
  const identity = (credentials: object, name = 'clicreIas') => ({
    label: 'identity',
    name,
    plan: 'application',
    tags: ['ias'],
    credentials: { clientid: 'guid', url: 'https://tenant.accounts.example', ...credentials },
  });
  const bindIdentity = (...bindings: object[]): void => {
    process.env['VCAP_SERVICES'] = JSON.stringify({ identity: bindings });
  };
  const provided = () => identity({ 'credential-type': 'X509_PROVIDED', certificate: pair.chain });
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'frontend-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const keyFile = (pem: string): string => {
    const file = join(folder, 'client.key');
    writeFileSync(file, pem, { mode: 0o600 });
    return file;
  };

  it('is found by its label, whatever its name and tags', () => {
    bindIdentity({ ...identity({ 'credential-type': 'SECRET', clientsecret: 's' }), tags: [] });
    expect(readConfig().identity).toMatchObject({
      bindingName: 'clicreIas',
      client: { kind: 'secret', clientId: 'guid' },
    });
  });

  it('gives certificate and key of X509_GENERATED', () => {
    bindIdentity(identity({ 'credential-type': 'X509_GENERATED', certificate: pair.chain, key: pair.key }));
    expect(readConfig().identity?.client).toMatchObject({ kind: 'certificate' });
  });

  it('is a public client with NONE, which is no reason not to start', () => {
    bindIdentity(identity({ 'credential-type': 'NONE' }));
    expect(readConfig().identity).toEqual({ bindingName: 'clicreIas', client: { kind: 'public' } });
  });

  it('is completed by a key from a file', () => {
    bindIdentity(provided());
    process.env['IDENTITY_KEY_FILE'] = keyFile(pair.key);
    expect(readConfig().identity?.client).toMatchObject({ certificate: { card: { 'x5t#S256': pair.thumbprint } } });
  });

  it('is completed by a key from a user-provided service', () => {
    const service = { label: 'user-provided', name: 'client-key', tags: [], credentials: { key: pair.key } };
    process.env['VCAP_SERVICES'] = JSON.stringify({ identity: [provided()], 'user-provided': [service] });
    process.env['IDENTITY_KEY_SERVICE'] = 'client-key';
    expect(readConfig().identity?.client).toMatchObject({ certificate: { card: { 'x5t#S256': pair.thumbprint } } });
  });

  it('may do without a setting that is for a key, when nothing is bound', () => {
    process.env['IDENTITY_KEY_FILE'] = join(folder, 'missing');
    expect(problems()).toEqual([]);
  });

  it.each<[string, () => void, string]>([
    ['no key', () => bindIdentity(provided()), 'name it by IDENTITY_KEY_FILE or IDENTITY_KEY_SERVICE'],
    [
      'a key file that is missing',
      () => {
        bindIdentity(provided());
        process.env['IDENTITY_KEY_FILE'] = join(folder, 'missing');
      },
      'which cannot be read (ENOENT)',
    ],
    [
      'a key service that is not bound',
      () => {
        bindIdentity(provided());
        process.env['IDENTITY_KEY_SERVICE'] = 'client-key';
      },
      'IDENTITY_KEY_SERVICE names the service "client-key", which is not bound',
    ],
    [
      'a key service without a key',
      () => {
        const service = { label: 'user-provided', name: 'client-key', credentials: { Key: 's3cret' } };
        process.env['VCAP_SERVICES'] = JSON.stringify({ identity: [provided()], 'user-provided': [service] });
        process.env['IDENTITY_KEY_SERVICE'] = 'client-key';
      },
      'whose credentials hold no text "key"',
    ],
    [
      'both settings',
      () => {
        bindIdentity(provided());
        Object.assign(process.env, { IDENTITY_KEY_FILE: keyFile(pair.key), IDENTITY_KEY_SERVICE: 'client-key' });
      },
      'IDENTITY_KEY_FILE and IDENTITY_KEY_SERVICE are both set',
    ],
    [
      'the key of another certificate',
      () => {
        bindIdentity(provided());
        process.env['IDENTITY_KEY_FILE'] = keyFile(expired.key);
      },
      'does not belong to the first certificate in "certificate"',
    ],
    [
      'a damaged key',
      () => {
        bindIdentity(provided());
        process.env['IDENTITY_KEY_FILE'] = keyFile(pair.key.slice(0, 60));
      },
      'is no readable private key',
    ],
    [
      'an encrypted key',
      () => {
        bindIdentity(provided());
        const pem = createPrivateKey(pair.key).export({
          type: 'pkcs8',
          format: 'pem',
          cipher: 'aes-256-cbc',
          passphrase: 'p',
        });
        process.env['IDENTITY_KEY_FILE'] = keyFile(pem.toString());
      },
      'it is encrypted, and this app has no password for it',
    ],
    [
      'an expired certificate',
      () =>
        bindIdentity(identity({ 'credential-type': 'X509_GENERATED', certificate: expired.chain, key: expired.key })),
      '"certificate" has expired on',
    ],
    [
      'two instances',
      () => bindIdentity(identity({ clientsecret: 's' }, 'one'), identity({ clientsecret: 's' }, 'two')),
      '2 services with the label "identity" are bound ("one", "two"): unbind all but one.',
    ],
  ])('refuses to start with %s, in one sentence', (_what, prepare, says) => {
    prepare();
    expect(problems()).toHaveLength(1);
    expect(problems()[0]).toContain(says);
    expect(problems()[0]).not.toContain(pair.key.split('\n')[1]);
    expect(problems()[0]).not.toContain('s3cret');
  });

  it('names the destination settings where the Destination Service’s certificate is self-managed', () => {
    bind(binding({ ...x509Credentials(), key: undefined }));
    expect(problems()[0]).toContain('name it by DESTINATION_KEY_FILE or DESTINATION_KEY_SERVICE');
    process.env['DESTINATION_KEY_FILE'] = keyFile(pair.key);
    expect(readConfig().destination?.credential.kind).toBe('certificate');
  });
});
