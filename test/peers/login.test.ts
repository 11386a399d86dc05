import { createHash, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createServiceKey, succeed, type Credentials } from '../support/bindings';
import { root, run, startLandscape, type RunningLandscape } from '../support/running-landscape';

const LIMIT_MS = 120_000;
const folder = join(root, 'test', 'peers');
const redirectUri = 'http://localhost:5002/login/callback';

/** What openid-client found: the claims of the id tokens are those that it has validated. */
interface Login {
  readonly claims: Record<string, unknown>;
  readonly replay: string;
  readonly accessToken: string;
  readonly refreshedClaims: Record<string, unknown>;
  readonly logout: string;
}

interface Reading {
  readonly logonName: string;
  readonly mayDisplay: boolean;
  readonly exchanged: { readonly token: string; readonly logonName: string; readonly clientId: string };
}

/** Clients that we did not write, unmodified: users log in by code and PKCE, tokens are refreshed, read and exchanged. */
describe('users log in', () => {
  let landscape: RunningLandscape;
  let rootFile: string;

  beforeAll(async () => {
    landscape = await startLandscape({ args: ['--empty'] });
    rootFile = (await succeed(landscape.control('trust', '--file'))).trim();
    const xsuaa = {
      xsappname: 'peers',
      scopes: [{ name: '$XSAPPNAME.Display' }, { name: '$XSAPPNAME.Admin' }],
      attributes: [{ name: 'Country' }],
      'role-templates': [
        { name: 'Viewer', 'scope-references': ['$XSAPPNAME.Display'], 'attribute-references': ['Country'] },
      ],
      'role-collections': [{ name: 'mTLS Reference Viewer', 'role-template-references': ['$XSAPPNAME.Viewer'] }],
      'oauth2-configuration': { 'credential-types': ['x509', 'binding-secret'] },
    };
    const identity = {
      'oauth2-configuration': {
        'redirect-uris': [redirectUri],
        'post-logout-redirect-uris': ['http://localhost:5002/'],
      },
    };
    await succeed(landscape.cf('create-service', 'xsuaa', 'application', 'xsuaa', '-c', JSON.stringify(xsuaa)));
    await succeed(landscape.cf('create-service', 'identity', 'application', 'ias', '-c', JSON.stringify(identity)));
    await succeed(landscape.cf('create-service', 'destination', 'lite', 'destination'));
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  describe.each([
    {
      service: 'xsuaa',
      certificate: 'x509',
      secret: 'binding-secret',
      // XSUAA's issuer is not its address, so openid-client is told where the description is.
      discovery: ({ url }: Credentials) => `${String(url)}/.well-known/openid-configuration`,
      scope: '',
      logout: /\/logout\.do\?/,
    },
    {
      service: 'ias',
      certificate: 'X509_GENERATED',
      secret: 'SECRET',
      discovery: ({ url }: Credentials) => String(url),
      scope: 'openid email',
      logout: /\/oauth2\/logout\?.*post_logout_redirect_uri=/,
    },
  ])('at $service', ({ service, certificate, secret, discovery, scope, logout }) => {
    it.each([
      ['certificate', certificate],
      ['secret', secret],
    ])(
      'with openid-client 6, whose client has a %s',
      async (kind, type) => {
        const credentials = await createKey(service, type);
        const login = await logIn(credentials, { discovery: discovery(credentials), scope });
        expect(login).toMatchObject({
          claims: {
            aud: expect.anything() as unknown,
            email: 'alice@example.com',
            nonce: expect.any(String) as string,
          },
          replay: 'invalid_grant',
        });
        expect(login.refreshedClaims['sub']).toBe(login.claims['sub']);
        expect(claimsOf(login.accessToken)['cnf']).toEqual(
          kind === 'certificate' ? { 'x5t#S256': thumbprintOf(credentials) } : undefined,
        );
        expect(login.logout).toMatch(logout);
      },
      LIMIT_MS,
    );
  });

  describe.each(['x509', 'binding-secret'])('and their tokens of XSUAA, with keys of type %s,', (type) => {
    let credentials: Credentials;
    let destination: Credentials;
    let userToken: string;

    beforeAll(async () => {
      credentials = await createKey('xsuaa', type);
      destination = await createKey('destination', type, { xsuaa: { 'credential-type': type } });
      const discovery = `${String(credentials['url'])}/.well-known/openid-configuration`;
      userToken = (await logIn(credentials, { discovery, scope: '' })).accessToken;
    }, LIMIT_MS);

    it(
      'are read and exchanged by @sap/xssec 4.15',
      async () => {
        const reading = await runClient<Reading>('xssec-4-user.js', variables());
        expect(reading).toMatchObject({
          logonName: 'alice@example.com',
          email: 'alice@example.com',
          givenName: 'Alice',
          familyName: 'Adams',
          origin: 'sap.default',
          mayDisplay: true,
          mayAdminister: false,
          exchanged: { logonName: 'alice@example.com', clientId: destination['clientid'] },
        });
        expect(claimsOf(reading.exchanged.token)).not.toHaveProperty('authorities');
      },
      LIMIT_MS,
    );

    it(
      'are read and exchanged by @sap/xssec 3.6.2',
      async () => {
        expect(await runClient('xssec-3-user.js', variables())).toEqual({
          logonName: 'alice@example.com',
          mayDisplay: true,
          country: ['DE'],
          exchanged: true,
        });
      },
      LIMIT_MS,
    );

    const variables = () => ({
      CREDENTIALS: JSON.stringify(credentials),
      DESTINATION_CREDENTIALS: JSON.stringify(destination),
      USER_TOKEN: userToken,
    });
  });

  let keys = 0;
  const createKey = (instance: string, type: string, parameters: object = { 'credential-type': type }) =>
    createServiceKey(landscape, { instance, name: `key${(keys += 1)}`, parameters });

  const logIn = (credentials: Credentials, { discovery, scope }: { discovery: string; scope: string }) =>
    runClient<Login>('openid-client-6-login.mjs', {
      CREDENTIALS: JSON.stringify(credentials),
      DISCOVERY: discovery,
      SCOPE: scope,
      USERNAME: 'alice@example.com',
      PASSWORD: 'Wonderland-1',
    });

  async function runClient<T>(script: string, variables: Readonly<Record<string, string>>): Promise<T> {
    const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: rootFile, ...variables };
    const result = await run(process.execPath, [join(folder, 'clients', script)], { cwd: folder, env });
    expect(result).toMatchObject({ code: 0 });
    return JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as T;
  }
});

function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

function thumbprintOf({ certificate }: Credentials): string {
  const { raw } = new X509Certificate(String(certificate));
  return createHash('sha256').update(raw).digest('base64url');
}
