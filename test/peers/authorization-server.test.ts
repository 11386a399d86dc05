import { createHash, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { credentialsOf, readJournal, succeed, type Credentials } from '../support/bindings';
import { root, run, startLandscape, type RunningLandscape } from '../support/running-landscape';

const LIMIT_MS = 120_000;
const folder = join(root, 'test', 'peers');

interface Called {
  readonly status: number;
  readonly body: { readonly message?: string; readonly error?: string; readonly claims?: Record<string, unknown> };
}

interface Answer {
  readonly metadata: { readonly aliases: string[]; readonly methods: string[]; readonly binds: boolean };
  readonly introspection: Record<'plain' | 'bound', Record<string, unknown>>;
  readonly plain: Called;
  readonly bound: Called;
  readonly stolen: Called;
}

/** A client that we did not write, unmodified, with the two clients that `npm start` registers. */
describe('openid-client 6 at the authorization server', () => {
  let landscape: RunningLandscape;
  let settings: Credentials;
  let answer: Answer;
  let thumbprint: string;

  beforeAll(async () => {
    landscape = await startLandscape();
    settings = await credentialsOf(landscape, 'frontendmtls', 'user-provided');
    const { raw } = new X509Certificate(String(settings['MTLS_OAUTH_CERTIFICATE']));
    thumbprint = createHash('sha256').update(raw).digest('base64url');
    const env = {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: (await succeed(landscape.control('trust', '--file'))).trim(),
      OAUTH_SETTINGS: JSON.stringify(settings),
      BACKEND_URL: landscape.url('certificate'),
    };
    const client = join(folder, 'clients', 'openid-client-6-rfc8705.mjs');
    answer = JSON.parse(await succeed(run(process.execPath, [client], { cwd: folder, env }))) as Answer;
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  it('finds what RFC 8705 wants in the metadata', () => {
    expect(answer.metadata.aliases).toEqual(['introspection_endpoint', 'token_endpoint']);
    expect(answer.metadata.methods).toEqual(
      expect.arrayContaining(['client_secret_basic', 'tls_client_auth', 'self_signed_tls_client_auth']),
    );
    expect(answer.metadata.binds).toBe(true);
  });

  it('gets a token by secret, which is bound to nothing, and the backend accepts it', () => {
    expect(answer.introspection.plain).toMatchObject({ active: true, client_id: settings['OAUTH_CLIENT_ID'] });
    expect(answer.introspection.plain).not.toHaveProperty('cnf');
    expect(answer.plain.status).toBe(200);
    expect(answer.plain.body.claims).not.toHaveProperty('cnf');
  });

  it('gets a bound one over mutual TLS at the alias, and the backend accepts it with the certificate only', async () => {
    const cnf = { 'x5t#S256': thumbprint };
    expect(answer.introspection.bound).toMatchObject({
      active: true,
      client_id: settings['MTLS_OAUTH_CLIENT_ID'],
      cnf,
    });
    expect(answer.bound).toMatchObject({ status: 200, body: { claims: { cnf } } });
    expect(answer.stolen).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    const seen = (await readJournal(landscape))
      .filter(({ kind, certificate }) => kind === 'request' && certificate?.['x5t#S256'] === thumbprint)
      .map(({ port, path }) => `${port - landscape.portBase} ${path}`);
    expect(seen).toEqual(expect.arrayContaining(['450 /oauth2/token', '450 /oauth2/introspect', '443 /endpoint']));
  });
});
