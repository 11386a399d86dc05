import { createHash, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { createServiceKey, readJournal, succeed, type Credentials } from '../support/bindings';
import { root, run, startLandscape, type RunningLandscape } from '../support/running-landscape';

const LIMIT_MS = 120_000;
const folder = join(root, 'test', 'peers');
const parameters = { 'credential-type': 'X509_GENERATED' };

interface Answer {
  readonly status: number;
  readonly body: { readonly message: string; readonly claims: Record<string, unknown> };
}

/** Clients that we did not write, unmodified: each gets a bound token over mutual TLS and calls the backend with it. */
describe('the stand-in of IAS serves, with a key of its instance,', () => {
  let landscape: RunningLandscape;
  let rootFile: string;
  let credentials: Credentials;
  let another: Credentials;

  beforeAll(async () => {
    landscape = await startLandscape();
    rootFile = (await succeed(landscape.control('trust', '--file'))).trim();
    credentials = await createServiceKey(landscape, { instance: 'clicreIas', name: 'peer', parameters });
    another = await createServiceKey(landscape, { instance: 'clicreIas', name: 'another', parameters });
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  it('openid-client 6', async () => expectBoundCall(() => runClient<Answer>('openid-client-6.mjs')), LIMIT_MS);

  it(
    '@sap/xssec 4.15, whose own x5t validation holds its tokens for bound',
    async () => {
      const { validations } = await expectBoundCall(() =>
        runClient<Answer & { readonly validations: Record<string, string> }>('xssec-4-identity.js'),
      );
      expect(validations).toEqual({
        withCertificate: thumbprintOf(credentials),
        withoutCertificate: 'MissingClientCertificateError',
        withAnotherCertificate: 'X5tError',
      });
    },
    LIMIT_MS,
  );

  it(
    '@sap-cloud-sdk/connectivity 4.9, at 127.0.0.1, since it takes no host name without a dot',
    async () => {
      const url = String(credentials['url']).replace('localhost', '127.0.0.1');
      const binding = {
        label: 'identity',
        name: 'clicreIas',
        instance_name: 'clicreIas',
        plan: 'application',
        tags: ['ias'],
        credentials: { ...credentials, url },
      };
      const variables = { VCAP_SERVICES: JSON.stringify({ identity: [binding] }), INSTANCE_NAME: 'clicreIas' };
      await expectBoundCall(() => runClient<Answer>('cloud-sdk-identity.js', variables));
    },
    LIMIT_MS,
  );

  it(
    '@sap/xssec 3.6.2 as a resource server: it accepts a token of IAS',
    async () => {
      const { clientid: clientId, app_tid: tenant } = credentials;
      expect(await runClient('xssec-3-identity.js')).toEqual({ clientId, tenant });
    },
    LIMIT_MS,
  );

  /** The token that the backend accepted is bound to the certificate, which both IAS and the backend's router have seen. */
  async function expectBoundCall<T extends Answer>(callBackend: () => Promise<T>): Promise<T> {
    const before = (await readJournal(landscape)).length;
    const answer = await callBackend();
    const thumbprint = thumbprintOf(credentials);
    expect(answer).toMatchObject({
      status: 200,
      body: { message: 'Backend app successfully called.', claims: { cnf: { 'x5t#S256': thumbprint } } },
    });
    const seen = (await readJournal(landscape))
      .slice(before)
      .filter(({ kind, certificate }) => kind === 'request' && certificate?.['x5t#S256'] === thumbprint)
      .map(({ service, path }) => `${service} ${path}`);
    expect(seen).toEqual(expect.arrayContaining(['identity /oauth2/token', 'router /endpoint']));
    return answer;
  }

  async function runClient<T>(script: string, variables: Readonly<Record<string, string>> = {}): Promise<T> {
    const env = {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: rootFile,
      IDENTITY_CREDENTIALS: JSON.stringify(credentials),
      ANOTHER_CERTIFICATE: String(another['certificate']),
      BACKEND_URL: landscape.url('certificate'),
      ...variables,
    };
    const result = await run(process.execPath, [join(folder, 'clients', script)], { cwd: folder, env });
    expect(result).toMatchObject({ code: 0 });
    // The clients print one line of JSON at the end; the Cloud SDK logs before it.
    return JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as T;
  }
});

function thumbprintOf({ certificate }: Credentials): string {
  const { raw } = new X509Certificate(String(certificate));
  return createHash('sha256').update(raw).digest('base64url');
}
