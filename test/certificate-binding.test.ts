import { readFileSync } from 'node:fs';
import { call, type Answer } from './support/http';
import { startLandscape, type RunningLandscape } from './support/running-landscape';

const START_LIMIT_MS = 90_000;
const CERTIFICATE_ROUTE = 'backendmtls-yourname.cert.cfapps.us10.hana.ondemand.com';

interface Client {
  /** PEM, with the chain. */
  readonly certificate: string;
  readonly key: string;
  /** A token that was fetched with the certificate. */
  readonly token: string;
}

/** S0-53, RFC 8705 §3: through the router, with the tokens of XSUAA and of SAP Cloud Identity Services. */
describe('a token that is bound to a certificate', () => {
  let landscape: RunningLandscape;
  let ca: string;
  let clients: Readonly<Record<'XSUAA' | 'Identity', Client>>;

  beforeAll(async () => {
    landscape = await startLandscape();
    ca = readFileSync((await landscape.control('trust', '--file')).stdout.trim(), 'utf8');
    const [xsuaa, identity] = await Promise.all([
      credentialsOf('backendmtls', 'xsuaa'),
      credentialsOf('frontendmtls', 'identity'),
    ]);
    clients = {
      XSUAA: await fetchToken(xsuaa, `${xsuaa['certurl']}/oauth/token`),
      Identity: await fetchToken(identity, `${identity['url']}/oauth2/token`),
    };
  }, START_LIMIT_MS);
  afterAll(() => landscape?.stop(), START_LIMIT_MS);

  describe.each([
    ['XSUAA', 'Identity'],
    ['Identity', 'XSUAA'],
  ] as const)('and comes from %s', (name, other) => {
    it('is accepted on the certificate route with its certificate', async () => {
      const { token } = clients[name];
      const answer = await onCertificateRoute(token, clients[name]);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toHaveProperty(['claims', 'cnf', 'x5t#S256']);
    });

    it('is refused there without a certificate', async () => {
      expectRefusal(await onCertificateRoute(clients[name].token), /and none came with the request/);
    });

    it('is refused there with another valid certificate of the same CA', async () => {
      const answer = await onCertificateRoute(clients[name].token, clients[other]);
      expectRefusal(answer, /bound to another client certificate/);
    });

    it.each(['X-Forwarded-Client-Cert', 'x_forwarded_client_cert', 'Client-Cert'])(
      'is refused there without a certificate, but with a forged %s',
      async (header) => {
        const answer = await onCertificateRoute(clients[name].token, undefined, forged(header, clients[name]));
        expectRefusal(answer, /and none came with the request/);
      },
    );

    it('is refused there with another certificate and the right one in a forged header', async () => {
      const headers = forged('X-Forwarded-Client-Cert', clients[name]);
      expectRefusal(
        await onCertificateRoute(clients[name].token, clients[other], headers),
        /another client certificate/,
      );
    });

    it('is refused on the plain route, where the router deletes the header and Host decides nothing', async () => {
      const plain = `${landscape.url('backend')}/endpoint`;
      const authorization = `Bearer ${clients[name].token}`;
      for (const headers of [
        {},
        forged('X-Forwarded-Client-Cert', clients[name]),
        { ...forged('X-Forwarded-Client-Cert', clients[name]), host: CERTIFICATE_ROUTE },
      ]) {
        const answer = await call(plain, { headers: { authorization, ...headers } });
        expectRefusal(answer, /which cannot arrive on this route: call this app on its certificate route backendmtls-/);
      }
    });
  });

  it('is accepted on the plain route by the setting, which the log warns of', async () => {
    await landscape.cf('set-env', 'backendmtls', 'ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES', 'true');
    expect(await landscape.cf('restart', 'backendmtls')).toMatchObject({ code: 0 });
    const { status } = await call(`${landscape.url('backend')}/endpoint`, {
      headers: { authorization: `Bearer ${clients.XSUAA.token}` },
    });
    expect(status).toBe(200);
    const { stdout } = await landscape.cf('logs', 'backendmtls', '--recent');
    expect(stdout).toContain('ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES is true');
  }, 60_000);

  function onCertificateRoute(
    token: string,
    client?: Client,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return call(`${landscape.url('certificate')}/endpoint`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      tls: { ca, ...(client && { cert: client.certificate, key: client.key }) },
    });
  }

  async function credentialsOf(app: string, label: string): Promise<Record<string, string>> {
    const { stdout } = await landscape.cf('env', app);
    const json = /VCAP_SERVICES: (\{[\s\S]*?\n\})\n/.exec(stdout)?.[1] ?? '';
    const services = JSON.parse(json) as Record<string, { credentials: Record<string, string> }[]>;
    const credentials = services[label]?.[0]?.credentials;
    if (credentials === undefined) throw new Error(`${app} has no binding of ${label}.`);
    return credentials;
  }

  async function fetchToken(
    { clientid = '', certificate = '', key = '' }: Record<string, string>,
    url: string,
  ): Promise<Client> {
    const { text } = await call(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid }).toString(),
      tls: { ca, cert: certificate, key },
    });
    const { access_token: token } = JSON.parse(text) as { access_token: string };
    return { certificate, key, token };
  }
});

/** The header as the router would write it. */
function forged(header: string, { certificate }: Client): Record<string, string> {
  const leaf = certificate.split('-----END CERTIFICATE-----')[0] ?? '';
  return { [header]: leaf.replace('-----BEGIN CERTIFICATE-----', '').replaceAll(/\s/g, '') };
}

function expectRefusal({ status, headers }: Answer, description: RegExp): void {
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toMatch(/^Bearer error="invalid_token", error_description="/);
  expect(headers['www-authenticate']).toMatch(description);
}
