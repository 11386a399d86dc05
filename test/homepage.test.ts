import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { way, type AppJson, type OverviewJson } from './support/app-json';
import { credentialsOf, readJournal, readRoot, succeed, vcapServicesOf } from './support/bindings';
import { call, getJson } from './support/http';
import { startLandscape, type RunningLandscape } from './support/running-landscape';
import { fetchToken, requestToken } from './support/token-request';

const LIMIT_MS = 90_000;
const DAY_MS = 86_400_000;

describe('/homepage of what `npm start` deploys', () => {
  let landscape: RunningLandscape;
  let folder: string;
  let ca: string;

  beforeAll(async () => {
    landscape = await startLandscape();
    folder = mkdtempSync(join(tmpdir(), 'homepage-test-'));
    ca = await readRoot(landscape);
  }, LIMIT_MS);

  afterAll(async () => {
    await landscape?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, LIMIT_MS);

  const homepage = () => getJson<AppJson>(`${landscape.url('frontend')}/homepage`);
  const cf = (...argv: string[]) => succeed(landscape.cf(...argv));

  it('answers with what the backend verified, the certificate and the hops', async () => {
    const { clientid, app_tid: tenant, url } = await credentialsOf(landscape, 'backendmtls', 'identity');
    const { status, body } = await homepage();
    expect(status).toBe(200);
    expect(body.error).toBeUndefined();
    expect(body.backend).toMatchObject({ status: 200, body: { message: 'Backend app successfully called.' } });
    expect(body.token?.claims).toEqual(body.backend?.body.claims);
    expect(body.token?.claims).toMatchObject({
      sub: clientid,
      azp: clientid,
      aud: clientid,
      app_tid: tenant,
      iss: url,
      cnf: { 'x5t#S256': body.certificate?.['x5t#S256'] },
    });
    expect(way(body.hops)).toEqual(['browser>frontend', 'frontend>identity', 'frontend>backend', 'backend>identity']);
    expect(body.hops[1]).toMatchObject({ method: 'POST', path: '/oauth2/token' });
  });

  it('shows both hops with the certificate of the binding, whose thumbprint openssl confirms', async () => {
    const { certificate } = await credentialsOf(landscape, 'frontendmtls', 'identity');
    const thumbprint = thumbprintByOpenssl(String(certificate));
    const { body } = await homepage();
    expect(body.certificate?.['x5t#S256']).toBe(thumbprint);
    expect(body.hops[1]?.authentication).toEqual({ kind: 'certificate', 'x5t#S256': thumbprint });
    expect(body.hops[2]?.authentication).toEqual({ kind: 'bearer', 'x5t#S256': thumbprint });
    const seen = (await readJournal(landscape))
      .filter(({ kind, certificate: shown }) => kind === 'request' && shown?.['x5t#S256'] === thumbprint)
      .map(({ service, port, path, certificate: shown }) => ({ service, port, path, verified: shown?.authorized }));
    expect(seen).toContainEqual({
      service: 'identity',
      port: landscape.portBase + 447,
      path: '/oauth2/token',
      verified: true,
    });
    expect(seen).toContainEqual({
      service: 'router',
      port: landscape.portBase + 443,
      path: '/endpoint',
      verified: true,
    });
  });

  it('fetches a token once and then takes it from its cache', async () => {
    await cf('restart', 'frontendmtls');
    const before = await readJournal(landscape);
    const answers = await Promise.all(Array.from({ length: 20 }, homepage));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await homepage()).body.hops[1]?.cache).toBe('hit');
    const tokens = (await readJournal(landscape))
      .slice(before.length)
      .filter(({ kind, service, path }) => kind === 'request' && service === 'identity' && path === '/oauth2/token');
    expect(tokens).toHaveLength(1);
  });

  it('shows a page with the five claims, how new tokens are stopped, and no token', async () => {
    const { body } = await homepage();
    const { headers, text } = await call(`${landscape.url('frontend')}/homepage`, { headers: { accept: 'text/html' } });
    expect(headers['content-type']).toContain('text/html');
    const claims = body.backend?.body.claims;
    for (const value of [claims?.sub, claims?.app_tid, claims?.iss, claims?.aud, claims?.cnf?.['x5t#S256']])
      expect(text).toContain(value);
    expect(text).toContain('zone_uuid');
    expect(text).toContain('cf unbind-service');
    expect(text).toMatch(/live until they expire/);
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });

  it('says on the start page that it is ready, and when its certificate expires', async () => {
    const { body } = await getJson<OverviewJson>(`${landscape.url('frontend')}/`);
    const card = body.scenarios.find(({ path }) => path === '/homepage');
    expect(card?.state).toEqual({ kind: 'ready' });
    expectAbout(daysUntil(card?.certificateNotAfter), 30);
  });

  it('works beside /app, whose token the same backend checks with XSUAA', async () => {
    const { status, body } = await getJson<AppJson>(`${landscape.url('frontend')}/app`);
    expect(status).toBe(200);
    expect(body.backend?.body.claims.cid).toMatch(/^sb-mtlsxsuaa!t\d+$/);
    expect(Object.keys(await vcapServicesOf(landscape, 'backendmtls')).sort()).toEqual([
      'identity',
      'user-provided',
      'xsuaa',
    ]);
  });

  describe('the token request', () => {
    it.each([
      ['with response_type, which is optional', { response_type: 'token' }],
      ['without it', {}],
    ])('needs certificate, key, client_id and the path /oauth2/token: %s', async (_how, parameters) => {
      const { certificate, ...credentials } = await credentialsOf(landscape, 'frontendmtls', 'identity');
      const granted = await requestToken({ certificate, ...credentials }, { ca, parameters });
      expect(granted.status).toBe(200);
      expect(JSON.parse(granted.text)).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
      const without = await requestToken(credentials, { ca, parameters });
      expect([without.status, JSON.parse(without.text)]).toEqual([
        401,
        expect.objectContaining({ error: 'invalid_client' }),
      ]);
    });

    it('is answered with a hint at the path of XSUAA', async () => {
      const credentials = await credentialsOf(landscape, 'frontendmtls', 'identity');
      const { status, text } = await requestToken(credentials, { ca, path: '/oauth/token' });
      expect(status).toBe(404);
      expect(text).toContain('/oauth2/token');
    });

    it('brings a token that the backend takes, with the scheme in small letters too, and shows as a page', async () => {
      const credentials = await credentialsOf(landscape, 'frontendmtls', 'identity');
      const { certificate: cert, key, clientid, app_tid: tenant, url } = credentials as Record<string, string>;
      const token = await fetchToken(credentials, { ca });
      const { status, text } = await call(`${landscape.url('certificate')}/endpoint`, {
        headers: { authorization: `bearer ${token}`, accept: 'text/html' },
        tls: { ca, cert, key },
      });
      expect(status).toBe(200);
      for (const value of [clientid, tenant, url, thumbprintByOpenssl(String(cert))]) expect(text).toContain(value);
      expect(text).not.toContain(token.slice(-40));
    });
  });

  describe('with the credential type', () => {
    beforeEach(async () => {
      await cf('unset-env', 'frontendmtls', 'IDENTITY_KEY_FILE');
      await cf('unset-env', 'frontendmtls', 'IDENTITY_KEY_SERVICE');
    }, LIMIT_MS);

    it(
      'SECRET: the token is bound to nothing, and the backend takes it',
      async () => {
        await rebind({ 'credential-type': 'SECRET' });
        expect(await credentialsOf(landscape, 'frontendmtls', 'identity')).toEqual(
          expect.not.objectContaining({ certificate: expect.anything() as unknown }),
        );
        const { status, body } = await homepage();
        expect(status).toBe(200);
        expect(body.backend?.body.claims).not.toHaveProperty('cnf');
        expect(body.certificate).toBeUndefined();
        expect(body.hops[1]?.authentication).toEqual({ kind: 'secret' });
        expect(body.hops[2]?.authentication).toEqual({ kind: 'bearer' });
        // The backend does not care how it was fetched, and on a plain route only a token that is not bound passes.
        const token = await fetchToken(await credentialsOf(landscape, 'frontendmtls', 'identity'), { ca });
        const plain = await call(`${landscape.url('backend')}/endpoint`, {
          headers: { authorization: `Bearer ${token}` },
        });
        expect(plain.status).toBe(200);
      },
      LIMIT_MS,
    );

    it(
      'X509_GENERATED: key length, validity and application identifier are those asked for',
      async () => {
        await rebind({
          'credential-type': 'X509_GENERATED',
          'key-length': 4096,
          validity: 3,
          'validity-type': 'DAYS',
          'app-identifier': 'frontend',
        });
        const { certificate, certificate_expires_at: end } = await credentialsOf(landscape, 'frontendmtls', 'identity');
        const { publicKey, validTo } = new X509Certificate(String(certificate));
        expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096);
        expect(Date.parse(String(end))).toBe(Date.parse(validTo));
        const { status, body } = await homepage();
        expect(status).toBe(200);
        expect(body.certificate?.subject).toMatch(/^CN=frontend,/);
        expectAbout(daysUntil(body.certificate?.notAfter), 3);
        expect(body.token?.claims.cnf?.['x5t#S256']).toBe(thumbprintByOpenssl(String(certificate)));
      },
      LIMIT_MS,
    );

    it.each(['a file', 'a user-provided service'])(
      'X509_PROVIDED: with the key in %s, and none in the binding',
      async (place) => {
        const { key, certificate } = await makeOwnCertificate();
        if (place === 'a file') await cf('set-env', 'frontendmtls', 'IDENTITY_KEY_FILE', join(folder, 'key.pem'));
        else {
          await cf('create-user-provided-service', 'frontend-key', '-p', JSON.stringify({ key }));
          await cf('bind-service', 'frontendmtls', 'frontend-key');
          await cf('set-env', 'frontendmtls', 'IDENTITY_KEY_SERVICE', 'frontend-key');
        }
        await rebind({ 'credential-type': 'X509_PROVIDED', certificate });
        const credentials = await credentialsOf(landscape, 'frontendmtls', 'identity');
        expect(credentials).toMatchObject({ certificate, 'credential-type': 'X509_PROVIDED' });
        expect(credentials).not.toHaveProperty('key');
        const { status, body } = await homepage();
        expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
        expect(body.certificate?.['x5t#S256']).toBe(thumbprintByOpenssl(certificate));
        expect(body.hops[2]?.authentication).toEqual({
          kind: 'bearer',
          'x5t#S256': body.token?.claims.cnf?.['x5t#S256'],
        });
      },
      LIMIT_MS,
    );

    it(
      'X509_PROVIDED: the app refuses to start with another key, and says which',
      async () => {
        const { certificate } = await makeOwnCertificate();
        await makeOwnCertificate(); // writes another key.pem
        await cf('set-env', 'frontendmtls', 'IDENTITY_KEY_FILE', join(folder, 'key.pem'));
        await expect(rebind({ 'credential-type': 'X509_PROVIDED', certificate })).rejects.toThrow(/FAILED/);
        const logs = await cf('logs', 'frontendmtls', '--recent');
        expect(logs.split('\n').filter((line) => line.includes('is bound, but'))).toContainEqual(
          expect.stringContaining('key.pem'),
        );
      },
      LIMIT_MS,
    );

    it(
      'NONE: it says what cannot be done and why, while the backend needs no credential at all',
      async () => {
        await rebind({ 'credential-type': 'NONE' });
        const { status, body } = await homepage();
        expect(status).toBe(503);
        expect(body.error).toMatchObject({
          code: 'identity-client-public',
          hop: { from: 'frontend', to: 'identity' },
          message: expect.stringMatching(/NONE: a public client/) as unknown,
          remedy: expect.stringContaining('X509_GENERATED') as unknown,
        });
        const overview = await getJson<OverviewJson>(`${landscape.url('frontend')}/`);
        expect(overview.body.scenarios.find(({ path }) => path === '/homepage')?.state.kind).toBe('not-configured');

        await rebind({ 'credential-type': 'X509_GENERATED' });
        await rebind({ 'credential-type': 'NONE' }, 'backendmtls');
        expect(await credentialsOf(landscape, 'backendmtls', 'identity')).toEqual(
          expect.not.objectContaining({ clientsecret: expect.anything() as unknown }),
        );
        expect((await homepage()).status).toBe(200);
      },
      LIMIT_MS,
    );
  });

  async function rebind(parameters: object, app = 'frontendmtls'): Promise<void> {
    await cf('unbind-service', app, 'clicreIas');
    await cf('bind-service', app, 'clicreIas', '-c', JSON.stringify(parameters));
    await cf('restart', app);
  }

  /** A key made here, and a certificate for it of a certificate authority that the router trusts. */
  async function makeOwnCertificate(): Promise<{ readonly key: string; readonly certificate: string }> {
    const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem'];
    execFileSync('openssl', ['req', '-new', ...newKey, '-subj', '/CN=frontend', '-out', 'request.pem'], {
      cwd: folder,
      stdio: 'pipe',
    });
    const certificate = await succeed(landscape.control('sign', join(folder, 'request.pem')));
    return { key: readFileSync(join(folder, 'key.pem'), 'utf8'), certificate };
  }

  function thumbprintByOpenssl(certificate: string): string {
    const file = join(folder, 'certificate.pem');
    writeFileSync(file, certificate);
    const der = execFileSync('openssl', ['x509', '-in', file, '-outform', 'DER']);
    return execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: der }).toString('base64url');
  }
});

function daysUntil(date = ''): number {
  return (Date.parse(date) - Date.now()) / DAY_MS;
}

function expectAbout(days: number, wanted: number): void {
  expect(days).toBeGreaterThan(wanted - 0.1);
  expect(days).toBeLessThanOrEqual(wanted);
}
