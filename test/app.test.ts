import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { way, type AppJson } from './support/app-json';
import { credentialsOf, readJournal, readRoot, succeed, vcapServicesOf } from './support/bindings';
import { call, getJson } from './support/http';
import { countCosts } from './support/service-costs';
import { root, run, startLandscape, type RunningLandscape } from './support/running-landscape';

const START_LIMIT_MS = 90_000;
const JSON_ANSWER = { accept: 'application/json' };

describe('what `npm start` deploys', () => {
  let landscape: RunningLandscape;
  let folder: string;
  let ca: string;

  beforeAll(async () => {
    landscape = await startLandscape();
    folder = mkdtempSync(join(tmpdir(), 'app-test-'));
    ca = await readRoot(landscape);
  }, START_LIMIT_MS);

  afterAll(async () => {
    await landscape?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, START_LIMIT_MS);

  const app = () => getJson<AppJson>(`${landscape.url('frontend')}/app`);

  describe('/app', () => {
    it('answers with the backend’s answer, the token’s claims, the certificate and the hops', async () => {
      const { status, body } = await app();
      expect(status).toBe(200);
      expect(body.backend).toMatchObject({ status: 200, body: { message: 'Backend app successfully called.' } });
      expect(body.token?.claims).toEqual(body.backend?.body.claims);
      expect(body.error).toBeUndefined();
      expect(body.certificate?.subject).toContain('L=mtlsxsuaa');
      expect(Date.parse(body.certificate?.notAfter ?? '')).toBeGreaterThan(Date.now());
      expect(way(body.hops)).toEqual([
        'browser>frontend',
        'frontend>xsuaa',
        'frontend>destination-service',
        'destination-service>xsuaa',
        'frontend>destination-service',
        'frontend>backend',
        'backend>xsuaa',
      ]);
    });

    it('shows a token bound to the keystore’s certificate, which openssl confirms', async () => {
      const { body } = await app();
      const thumbprint = body.token?.claims.cnf?.['x5t#S256'];
      expect(thumbprint).toMatch(/^[\w-]{43}$/);
      expect(body.certificate?.['x5t#S256']).toBe(thumbprint);
      expect(await thumbprintsOfUploadedKeystores()).toContain(thumbprint);
    });

    it('shows a page with the answer, the claims and the thumbprint, and no token', async () => {
      const { headers, text } = await call(`${landscape.url('frontend')}/app`, { headers: { accept: 'text/html' } });
      const { body } = await app();
      expect(headers['content-type']).toContain('text/html');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(text).toContain('Backend app successfully called.');
      expect(text).toContain('x5t#S256');
      expect(text).toContain(body.certificate?.['x5t#S256'] ?? 'no thumbprint');
      expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
    });

    it('says on the start page that it is ready', async () => {
      const { status, body } = await getJson<{ scenarios: { path: string; state: { kind: string } }[] }>(
        `${landscape.url('frontend')}/`,
      );
      expect(status).toBe(200);
      expect(body.scenarios).toContainEqual(expect.objectContaining({ path: '/app', state: { kind: 'ready' } }));
    });
  });

  describe('what requests cost the services', () => {
    const FIND = 'destination GET /v1/destinations/destination_to_mtlsapp';
    /** Each way to a token that is bound to a certificate, and what it costs both apps once. */
    const ways = [
      [
        '/app',
        {
          'xsuaa POST /oauth/token': 1,
          [FIND]: 1,
          [`${FIND}?$skipTokenRetrieval=true`]: 1,
          'xsuaa GET /token_keys': 1,
        },
      ],
      [
        '/homepage',
        {
          'identity POST /oauth2/token': 1,
          'identity GET /.well-known/openid-configuration': 1,
          'identity GET /oauth2/certs': 1,
        },
      ],
      [
        '/mtlsauth',
        {
          // Each of the apps looks up what it needs.
          'authorization-server GET /.well-known/oauth-authorization-server': 2,
          'authorization-server POST /oauth2/token': 1,
          'authorization-server GET /oauth2/jwks': 1,
        },
      ],
    ] as const;
    const MAX_SOCKETS = 64;

    beforeAll(async () => {
      await app(); // the Destination Service now has a token to give out
      for (const name of ['backendmtls', 'frontendmtls']) await succeed(landscape.cf('restart', name));
    }, START_LIMIT_MS);

    it.each(ways)(
      'on %s, 200 first ones at once: each token, destination and key set is fetched once',
      async (path, cost) => {
        const { calls, handshakes } = await countCosts(landscape, () => requestAtOnce(path, 200));
        expect(calls).toEqual({ ...cost, 'router GET /endpoint': 200 });
        const { 'router:443': toBackend, ...toServices } = handshakes;
        expect(toBackend).toBeLessThanOrEqual(MAX_SOCKETS);
        expect(sum(Object.values(toServices))).toBeLessThanOrEqual(sum(Object.values(cost)));
      },
    );

    it.each(ways)('on %s, each one after that: one call of the backend, and no TLS handshake', async (path) => {
      await requestAtOnce(path, 1);
      const costs = await countCosts(landscape, async () => {
        for (let count = 0; count < 50; count += 1) await requestAtOnce(path, 1);
      });
      expect(costs).toEqual({ calls: { 'router GET /endpoint': 50 }, handshakes: {} });
    });
  });

  describe('XSUAA', () => {
    it('saw a verified client certificate at its certificate port, from the Destination Service', async () => {
      const { body } = await app();
      const handshakes = (await readJournal(landscape)).filter(
        ({ kind, service }) => kind === 'handshake' && service === 'xsuaa',
      );
      expect(handshakes).toContainEqual(
        expect.objectContaining({
          port: landscape.portBase + 445,
          certificate: expect.objectContaining({
            'x5t#S256': body.certificate?.['x5t#S256'],
            authorized: true,
          }),
        }),
      );
    });

    it('gives a token for the certificate at certurl, and refuses the same certificate at url', async () => {
      const credentials = await credentialsOf(landscape, 'backendmtls', 'xsuaa');
      const [url, certurl, clientid, certificate, key] = ['url', 'certurl', 'clientid', 'certificate', 'key'].map(
        (name) => credentials[name] as string,
      ) as [string, string, string, string, string];
      const fetchToken = (base: string) =>
        call(`${base}/oauth/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid }).toString(),
          tls: { ca, cert: certificate, key },
        });
      const granted = await fetchToken(certurl);
      expect(granted.status).toBe(200);
      expect(JSON.parse(granted.text)).toMatchObject({ token_type: 'bearer' });
      const refused = await fetchToken(url);
      expect(refused.status).toBe(401);
      expect(JSON.parse(refused.text)).toMatchObject({
        error: expect.stringMatching(/^(invalid_client|unauthorized)$/),
      });
    });
  });

  describe('the backend', () => {
    it('answers 401 with a bare challenge to a request without a token', async () => {
      const { status, headers } = await call(`${landscape.url('backend')}/endpoint`);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe('Bearer');
    });

    it('answers 401 invalid_token to a token of XSUAA that is not for it', async () => {
      const { clientid, certificate, key, certurl } = (await credentialsOf(
        landscape,
        'frontendmtls',
        'destination',
      )) as Record<string, string>;
      const { text } = await call(`${certurl}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid ?? '' }).toString(),
        tls: { ca, cert: certificate, key },
      });
      const { access_token: token } = JSON.parse(text) as { access_token: string };
      const { status, headers } = await call(`${landscape.url('backend')}/endpoint`, {
        headers: { ...JSON_ANSWER, authorization: `Bearer ${token}` },
      });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toContain('error="invalid_token"');
    });

    it('is reachable on its certificate route too', async () => {
      const { status } = await call(`${landscape.url('certificate')}/endpoint`, { tls: { ca } });
      expect(status).toBe(401);
    });
  });

  describe('cf env', () => {
    it('shows the credentials of an x509 binding and no secret, as the real one prints them', async () => {
      const { code, stdout } = await landscape.cf('env', 'backendmtls');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Getting env variables for app backendmtls in org .+ \/ space .+ as .+\.\.\.$/m);
      const credentials = await credentialsOf(landscape, 'backendmtls', 'xsuaa');
      expect(credentials).toMatchObject({
        'credential-type': 'x509',
        clientid: expect.stringMatching(/^sb-mtlsxsuaa!t\d+$/),
      });
      expect(Object.keys(credentials)).toEqual(expect.arrayContaining(['certurl', 'certificate', 'key', 'url']));
      expect(credentials).not.toHaveProperty('clientsecret');
    });

    it('gives each app only its own bindings', async () => {
      const bound = async (app: string) => Object.keys(await vcapServicesOf(landscape, app)).sort();
      expect(await bound('backendmtls')).toEqual(['identity', 'user-provided', 'xsuaa']);
      expect(await bound('frontendmtls')).toEqual(['destination', 'identity', 'user-provided', 'xsuaa']);
    });
  });

  // Last, so that everything above has been printed and logged.
  it('lets no private key, secret or whole token reach an output, a log or a page', async () => {
    const keys = [
      await credentialsOf(landscape, 'backendmtls', 'xsuaa'),
      await credentialsOf(landscape, 'backendmtls', 'identity'),
      await credentialsOf(landscape, 'frontendmtls', 'destination'),
      await credentialsOf(landscape, 'frontendmtls', 'identity'),
      await credentialsOf(landscape, 'frontendmtls', 'user-provided'),
    ];
    const secrets = keys
      .flatMap((credentials) =>
        ['key', 'clientsecret', 'MTLS_OAUTH_KEY', 'OAUTH_CLIENT_SECRET'].map((name) => credentials[name]),
      )
      .filter((secret): secret is string => typeof secret === 'string')
      // The middle of a key: its first line is the same for all.
      .flatMap((secret) => {
        const [, , , , , middle] = secret.split('\n');
        return middle === undefined ? [secret] : [middle, secret.slice(-60, -40)];
      });
    expect(secrets.length).toBeGreaterThanOrEqual(7);
    const logs = await Promise.all(
      ['backendmtls', 'frontendmtls'].map((name) => landscape.cf('logs', name, '--recent')),
    );
    const pages = await Promise.all(
      ['/app', '/homepage', '/auth', '/mtlsauth', '/home', '/', '/nothing-here'].map((path) =>
        call(`${landscape.url('frontend')}${path}`, { headers: { accept: 'text/html' } }),
      ),
    );
    const printed = [
      landscape.output(),
      ...logs.map(({ stdout, stderr }) => stdout + stderr),
      ...pages.map(({ text }) => text),
      JSON.stringify(await readJournal(landscape)),
      JSON.stringify((await app()).body),
    ];
    for (const text of printed) {
      expect(text).not.toMatch(/PRIVATE KEY-----[\s\\nr]+[A-Za-z0-9+/]{20}/);
      expect(text).not.toMatch(/eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/);
      for (const secret of secrets) expect(text.includes(secret)).toBe(false);
    }
    expect(logs.every(({ stdout }) => stdout.split('\n').length > 3)).toBe(true);
  });

  async function requestAtOnce(path: string, count: number): Promise<void> {
    const url = `${landscape.url('frontend')}${path}`;
    const answers = await Promise.all(Array.from({ length: count }, () => getJson<AppJson>(url)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  }

  /** Reads what the service holds with a service key of its own, and lets openssl compute the thumbprints. */
  async function thumbprintsOfUploadedKeystores(): Promise<string[]> {
    await landscape.cf('create-service-key', 'mtlsDestination', 'test-reader');
    const { stdout } = await landscape.cf('service-key', 'mtlsDestination', 'test-reader');
    const { credentials } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      credentials: Record<'url' | 'uri' | 'clientid' | 'clientsecret', string>;
    };
    const token = await call(`${credentials.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.clientid,
        client_secret: credentials.clientsecret,
      }).toString(),
      tls: { ca },
    });
    const { access_token: accessToken } = JSON.parse(token.text) as { access_token: string };
    const { body } = await getJson<{ Name: string; Content: string }[]>(
      `${credentials.uri}/destination-configuration/v1/subaccountCertificates`,
      { headers: { authorization: `Bearer ${accessToken}` }, tls: { ca } },
    );
    expect(body.length).toBeGreaterThan(0);
    return body.map(({ Content }) => {
      const file = join(folder, 'keystore.pem');
      writeFileSync(file, Buffer.from(Content, 'base64'), { mode: 0o600 });
      const der = execFileSync('openssl', ['x509', '-in', file, '-outform', 'DER']);
      const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: der });
      return digest.toString('base64url');
    });
  }
});

describe('two landscapes', () => {
  it(
    'run side by side with ports and state of their own',
    async () => {
      const first = await startLandscape({ args: ['--empty'] });
      try {
        const second = await startLandscape({ args: ['--empty'] });
        await second.stop();
        const status = await run(process.execPath, [join(root, 'landscape', 'bin', 'landscape.js'), 'status'], {
          env: first.env,
        });
        expect(status.code).toBe(0);
      } finally {
        await first.stop();
      }
    },
    2 * START_LIMIT_MS,
  );
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
