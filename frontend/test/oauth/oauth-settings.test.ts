import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigError, ConfigProblems } from '@mtls/platform';
import { readOAuthClients } from '../../src/oauth/oauth-settings';
import { TestCa, type Issued } from '../support/test-ca';

let folder: string;
let pair: Issued;
let other: Issued;
let expired: Issued;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oauth-settings-'));
  const ca = await TestCa.create();
  [pair, other, expired] = await Promise.all([ca.issueClient(), ca.issueClient(), ca.issueClient({ days: -1 })]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** With the names that the source of this scenario gives them. */
const environment = () => ({
  OAUTH_CLIENT_ID: 'reader',
  OAUTH_CLIENT_SECRET: 's3cret',
  OAUTH_TOKEN_URL: 'https://as.example/oauth2/token',
  MTLS_OAUTH_CLIENT_ID: 'service',
  MTLS_OAUTH_TOKEN_URL: 'https://mtls.as.example/oauth2/token',
  MTLS_OAUTH_CERTIFICATE_FILE: file('client.crt', pair.chain),
  MTLS_OAUTH_KEY_FILE: file('client.key', pair.key),
});
const byIssuer = () => ({
  ...environment(),
  OAUTH_TOKEN_URL: undefined,
  MTLS_OAUTH_TOKEN_URL: undefined,
  OAUTH_ISSUER: 'https://as.example',
});

describe('readOAuthClients', () => {
  it('reads both clients with their token endpoints from the environment', () => {
    const { clients, problems } = read(environment());
    expect(problems).toEqual([]);
    expect(clients).toMatchObject({
      source: 'the environment',
      plain: {
        kind: 'secret',
        clientId: 'reader',
        method: 'client_secret_basic',
        tokenUrl: new URL('https://as.example/oauth2/token'),
      },
      bound: {
        kind: 'certificate',
        clientId: 'service',
        certificate: { card: { 'x5t#S256': pair.thumbprint } },
        tokenUrl: new URL('https://mtls.as.example/oauth2/token'),
      },
    });
    expect(clients?.issuer).toBeUndefined();
    expect(clients?.plain?.secret.reveal()).toBe('s3cret');
  });

  it('leaves the token endpoints to the metadata of an issuer', () => {
    const { clients, problems } = read(byIssuer());
    expect(problems).toEqual([]);
    expect([clients?.issuer, clients?.plain?.tokenUrl, clients?.bound?.tokenUrl]).toEqual([
      'https://as.example',
      undefined,
      undefined,
    ]);
  });

  it('reads both from a user-provided service with the tag oauth-client, certificate and key as texts', () => {
    const credentials = {
      OAUTH_ISSUER: 'https://as.example',
      OAUTH_CLIENT_ID: 'reader',
      OAUTH_CLIENT_SECRET: 's3cret',
      MTLS_OAUTH_CLIENT_ID: 'service',
      MTLS_OAUTH_CERTIFICATE: pair.chain,
      MTLS_OAUTH_KEY: pair.key,
    };
    const { clients, problems } = read({}, credentials);
    expect(problems).toEqual([]);
    expect(clients).toMatchObject({ source: 'the service "mtlsOauthClient"', bound: { clientId: 'service' } });
  });

  it('finds nothing where nothing is given', () => {
    expect(read({})).toEqual({ clients: undefined, problems: [] });
  });

  it.each([
    ['plain', ['MTLS_OAUTH_CLIENT_ID', 'MTLS_OAUTH_TOKEN_URL', 'MTLS_OAUTH_CERTIFICATE_FILE', 'MTLS_OAUTH_KEY_FILE']],
    ['bound', ['OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET', 'OAUTH_TOKEN_URL']],
  ] as const)('takes the %s client alone', (kind, without) => {
    const env: NodeJS.ProcessEnv = environment();
    for (const name of without) delete env[name];
    const { clients, problems } = read(env);
    expect(problems).toEqual([]);
    expect([clients?.plain !== undefined, clients?.bound !== undefined]).toEqual([kind === 'plain', kind === 'bound']);
  });

  describe('refuses', () => {
    const missing = /^(\w+) is missing: /;

    it.each([
      'OAUTH_CLIENT_ID',
      'OAUTH_CLIENT_SECRET',
      'OAUTH_TOKEN_URL',
      'MTLS_OAUTH_CLIENT_ID',
      'MTLS_OAUTH_TOKEN_URL',
      'MTLS_OAUTH_CERTIFICATE_FILE',
      'MTLS_OAUTH_KEY_FILE',
    ])('half a client: without %s', (name) => {
      const { clients, problems } = read({ ...environment(), [name]: undefined });
      expect(clients).toBeUndefined();
      expect(problems.map((problem) => missing.exec(problem)?.[1])).toEqual([name]);
      expect(problems[0]).toContain('(in the environment)');
    });

    it('an issuer without any client', () => {
      expect(read({ OAUTH_ISSUER: 'https://as.example' }).problems).toEqual([
        expect.stringMatching(/^OAUTH_ISSUER is set, but no client: /),
      ]);
    });

    it('an issuer beside the token endpoints that its metadata tells', () => {
      const { problems } = read({ ...environment(), OAUTH_ISSUER: 'https://as.example' });
      expect(problems).toEqual([
        expect.stringMatching(/^OAUTH_TOKEN_URL and OAUTH_ISSUER are both set/),
        expect.stringMatching(/^MTLS_OAUTH_TOKEN_URL and OAUTH_ISSUER are both set/),
      ]);
    });

    it.each(['http://as.example', 'as.example', 'https://as.example?x', 'https://u@as.example'])(
      'the issuer %s',
      (OAUTH_ISSUER) => {
        expect(read({ ...byIssuer(), OAUTH_ISSUER }).problems).toEqual([
          expect.stringMatching(/^OAUTH_ISSUER must be the issuer identifier/),
        ]);
      },
    );

    it.each(['http://as.example/token', 'as.example/token', 'https://user:pass@as.example/token'])(
      'the token endpoint %s, without quoting it',
      (OAUTH_TOKEN_URL) => {
        const { problems } = read({ ...environment(), OAUTH_TOKEN_URL });
        expect(problems).toEqual([expect.stringMatching(/^OAUTH_TOKEN_URL must be an https URL/)]);
        expect(problems[0]).not.toContain('pass');
      },
    );

    it('one client for both ways', () => {
      const { problems } = read({ ...environment(), OAUTH_CLIENT_ID: 'service' });
      expect(problems).toEqual([expect.stringMatching(/^OAUTH_CLIENT_ID and MTLS_OAUTH_CLIENT_ID are the same/)]);
    });

    it.each([
      ['https://mtls.as.example/oauth2/token', 'https://as.example/oauth2/token'],
      [
        'https://tenant.authentication.cert.eu10.example/oauth/token',
        'https://tenant.authentication.eu10.example/oauth/token',
      ],
    ])('the client with a secret at the address for certificates, as when both were swapped: %s', (plain, bound) => {
      const { problems } = read({ ...environment(), OAUTH_TOKEN_URL: plain, MTLS_OAUTH_TOKEN_URL: bound });
      expect(problems).toEqual([
        expect.stringMatching(
          /^OAUTH_TOKEN_URL looks like an address for clients with a certificate: .* have they been swapped\?/,
        ),
      ]);
    });

    it.each([
      ['client.crt', 'MTLS_OAUTH_CERTIFICATE_FILE'],
      ['client.key', 'MTLS_OAUTH_KEY_FILE'],
    ])('a %s that is not there, and names it', (name, setting) => {
      const path = join(folder, 'missing', name);
      expect(read({ ...environment(), [setting]: path }).problems).toEqual([
        expect.stringContaining(`${setting} names the file ${path}, which cannot be read (ENOENT)`),
      ]);
    });

    it('files that hold something else, and names both', () => {
      const { problems } = read({
        ...environment(),
        MTLS_OAUTH_CERTIFICATE_FILE: file('empty.crt', ''),
        MTLS_OAUTH_KEY_FILE: file('flat.key', pair.key.replaceAll('\n', '\\n')),
      });
      expect(problems).toEqual([
        expect.stringMatching(
          /^The file .*empty\.crt \(MTLS_OAUTH_CERTIFICATE_FILE\) is no readable certificate .*: it is empty/,
        ),
        expect.stringMatching(
          /^The file .*flat\.key \(MTLS_OAUTH_KEY_FILE\) is no readable private key .*two characters/,
        ),
      ]);
    });

    it('a key of another certificate, and names it', () => {
      const { problems } = read({ ...environment(), MTLS_OAUTH_KEY_FILE: file('other.key', other.key) });
      expect(problems).toEqual([
        expect.stringMatching(
          /^The file .*other\.key .* does not belong to the first certificate in the file .*client\.crt/,
        ),
      ]);
    });

    it('a certificate that has expired, and says since when and what to do', () => {
      const { problems } = read({
        ...environment(),
        MTLS_OAUTH_CERTIFICATE_FILE: file('expired.crt', expired.chain),
        MTLS_OAUTH_KEY_FILE: file('expired.key', expired.key),
      });
      expect(problems).toEqual([
        expect.stringMatching(
          /^The file .*expired\.crt .* has expired on 20.*: make a new one, e\.g\. with `mtls cert self-signed`/,
        ),
      ]);
    });

    it('a certificate as text and as file', () => {
      const { problems } = read({ ...environment(), MTLS_OAUTH_CERTIFICATE: pair.chain });
      expect(problems).toEqual([
        expect.stringMatching(/^MTLS_OAUTH_CERTIFICATE and MTLS_OAUTH_CERTIFICATE_FILE are both set/),
      ]);
    });

    it('everything at once', () => {
      const { problems } = read({ OAUTH_CLIENT_SECRET: 'x', MTLS_OAUTH_TOKEN_URL: 'https://mtls.as.example' });
      expect(problems.map((problem) => missing.exec(problem)?.[1])).toEqual([
        'OAUTH_CLIENT_ID',
        'OAUTH_TOKEN_URL',
        'MTLS_OAUTH_CLIENT_ID',
        'MTLS_OAUTH_CERTIFICATE_FILE',
        'MTLS_OAUTH_KEY_FILE',
      ]);
    });
  });
});

function read(env: NodeJS.ProcessEnv, credentials?: Record<string, unknown>) {
  const problems = new ConfigProblems();
  const service = { label: 'user-provided', name: 'mtlsOauthClient', tags: ['oauth-client'] };
  const bindings = credentials === undefined ? [] : [{ ...service, credentials }];
  const clients = readOAuthClients({ env, bindings, problems });
  try {
    problems.throwIfAny();
    return { clients, problems: [] };
  } catch (error) {
    return { clients, problems: (error as ConfigError).problems };
  }
}
