import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { way, type AppJson, type OverviewJson } from './support/app-json';
import { credentialsOf, readJournal, readRoot, succeed } from './support/bindings';
import { call, getJson, type Answer } from './support/http';
import { root, run, startLandscape, type RunningLandscape } from './support/running-landscape';

const LIMIT_MS = 90_000;
const AUTHORIZATION_SERVER = 448;
const AUTHORIZATION_SERVER_CERTIFICATE = 450;

/** The settings in the user-provided service, by which the frontend knows its two clients. */
interface ClientSettings {
  readonly OAUTH_ISSUER: string;
  readonly OAUTH_CLIENT_ID: string;
  readonly OAUTH_CLIENT_SECRET: string;
  readonly MTLS_OAUTH_CLIENT_ID: string;
  readonly MTLS_OAUTH_CERTIFICATE: string;
  readonly MTLS_OAUTH_KEY: string;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

describe('/home of what `npm start` deploys', () => {
  let landscape: RunningLandscape;
  let folder: string;
  let ca: string;
  let settings: ClientSettings;
  let own: Pair;

  beforeAll(async () => {
    landscape = await startLandscape();
    folder = mkdtempSync(join(tmpdir(), 'home-test-'));
    ca = await readRoot(landscape);
    // The shape is that of deploy-oauth-clients.ts, which the tests of the page prove.
    settings = (await credentialsOf(landscape, 'frontendmtls', 'user-provided')) as unknown as ClientSettings;
    own = { cert: settings.MTLS_OAUTH_CERTIFICATE, key: settings.MTLS_OAUTH_KEY };
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, LIMIT_MS);

  const frontend = (path: string) => `${landscape.url('frontend')}${path}`;
  const tokenUrl = (offset: number) => `https://localhost:${landscape.portBase + offset}/oauth2/token`;
  const cf = (...argv: string[]) => succeed(landscape.cf(...argv));
  const restart = (app = 'frontendmtls') => cf('restart', app);

  async function makeSelfSigned(name: string): Promise<Pair> {
    const mtls = join(root, 'cli', 'dist', 'main.js');
    await succeed(run(process.execPath, [mtls, 'cert', 'self-signed', '--name', name, '--out', '.'], { cwd: folder }));
    const read = (end: string) => readFileSync(join(folder, `${name}.${end}`), 'utf8');
    return { cert: read('crt'), key: read('key') };
  }

  function requestToken(url: string, form: Record<string, string>, options: { pair?: Pair; basic?: string } = {}) {
    return call(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(options.basic !== undefined && { authorization: `Basic ${Buffer.from(options.basic).toString('base64')}` }),
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
      tls: { ca, ...options.pair },
    });
  }

  async function fetchBoundToken(): Promise<string> {
    const form = { client_id: settings.MTLS_OAUTH_CLIENT_ID };
    const { status, text } = await requestToken(tokenUrl(AUTHORIZATION_SERVER_CERTIFICATE), form, { pair: own });
    expect({ status, text }).toMatchObject({ status: 200 });
    return (JSON.parse(text) as { access_token: string }).access_token;
  }

  const callBackend = (token: string, route: 'certificate' | 'backend', pair?: Pair): Promise<Answer> =>
    call(`${landscape.url(route)}/endpoint`, {
      headers: { authorization: `Bearer ${token}` },
      tls: route === 'certificate' ? { ca, ...pair } : {},
    });

  it('offers both tokens, and is ready on the start page (S2-3)', async () => {
    const { status, text } = await call(frontend('/home'), { headers: { accept: 'text/html' } });
    expect(status).toBe(200);
    expect(text).toContain('Get Access Token');
    expect(text).toContain('Get Certificate Bound Access Token');
    const { body } = await getJson<OverviewJson>(frontend('/'));
    expect(body.scenarios.find(({ path }) => path === '/home')?.state).toEqual({ kind: 'ready' });
  });

  describe('Get Access Token, /auth (S2-4)', () => {
    it('fetches a token by secret, which has no cnf, and the backend accepts it', async () => {
      const { status, body } = await getJson<AppJson>(frontend('/auth'));
      expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
      expect(body.token?.claims).toEqual(body.backend?.body.claims);
      expect(body.token?.claims).toMatchObject({
        iss: settings.OAUTH_ISSUER,
        aud: 'api://backendmtls',
        sub: settings.OAUTH_CLIENT_ID,
      });
      expect(body.token?.claims.cnf).toBeUndefined();
      expect(way(body.hops)).toEqual([
        'browser>frontend',
        'frontend>authorization-server',
        'frontend>authorization-server',
        'frontend>backend',
        'backend>authorization-server',
      ]);
      expect(body.hops.map(({ authentication: { kind } }) => kind)).toEqual([
        'none',
        'none',
        'secret',
        'bearer',
        'none',
      ]);
    });
  });

  describe('Get Certificate Bound Access Token, /mtlsauth (S2-5)', () => {
    it('fetches a token over mutual TLS with one certificate on both legs, and the backend accepts it (A16)', async () => {
      const thumbprint = thumbprintOf(own.cert);
      const { status, body } = await getJson<AppJson>(frontend('/mtlsauth'));
      expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
      expect(body.backend?.body.claims.cnf).toEqual({ 'x5t#S256': thumbprint });
      expect(body.token?.claims).toMatchObject({ sub: settings.MTLS_OAUTH_CLIENT_ID, cnf: { 'x5t#S256': thumbprint } });
      expect(body.certificate).toMatchObject({
        'x5t#S256': thumbprint,
        subject: 'CN=frontendmtls',
        issuer: 'CN=frontendmtls',
      });
      expect(body.hops[2]?.authentication).toEqual({ kind: 'certificate', 'x5t#S256': thumbprint });
      expect(body.hops[3]?.authentication).toEqual({ kind: 'bearer', 'x5t#S256': thumbprint });
      const seen = (await readJournal(landscape))
        .filter(({ kind, certificate }) => kind === 'request' && certificate?.['x5t#S256'] === thumbprint)
        .map(({ service, port, path }) => `${service} ${port - landscape.portBase} ${path}`);
      expect(new Set(seen)).toEqual(
        new Set([`authorization-server ${AUTHORIZATION_SERVER_CERTIFICATE} /oauth2/token`, 'router 443 /endpoint']),
      );
    });

    it('keeps its connections: one token and two handshakes for many requests (S2-7)', async () => {
      await restart();
      const before = (await readJournal(landscape)).length;
      for (let count = 0; count < 10; count += 1) expect((await call(frontend('/mtlsauth'))).status).toBe(200);
      const after = (await readJournal(landscape)).slice(before);
      const of = (kind: string, service: string, path?: string) =>
        after.filter((entry) => entry.kind === kind && entry.service === service && entry.path === path).length;
      expect(of('request', 'authorization-server', '/oauth2/token')).toBe(1);
      expect(after.filter(({ kind, port }) => kind === 'handshake' && port === landscape.portBase + 443)).toHaveLength(
        1,
      );
      expect(
        after.filter(
          ({ kind, port }) => kind === 'handshake' && port === landscape.portBase + AUTHORIZATION_SERVER_CERTIFICATE,
        ),
      ).toHaveLength(1);
    });

    it('shows both tokens side by side, what differs and by which RFC (S2-18, S2-19, S2-21)', async () => {
      await call(frontend('/auth'));
      const { text } = await call(frontend('/mtlsauth'), { headers: { accept: 'text/html' } });
      for (const part of ['none: whoever has this token can use it', thumbprintOf(own.cert), 'RFC 7800', 'RFC 8705'])
        expect(text).toContain(part);
      expect(text).not.toContain('RFC 8700');
      expect(text.match(/token__claim--difference/g)).toHaveLength(2);
      expect(text).toContain('verified by the backend');
    });

    it('lets its token be replayed as a thief would: only the owner gets through', async () => {
      const proof = 'c0ffee00'.repeat(8);
      const { status, text } = await call(frontend('/mtlsauth/replay'), {
        method: 'POST',
        headers: {
          accept: 'application/json',
          cookie: `csrf=${proof}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: `csrf=${proof}`,
      });
      expect({ status, text }).toMatchObject({ status: 200 });
      const { steps } = JSON.parse(text) as { steps: { result: { answer?: { status: number } } }[] };
      expect(steps.map(({ result }) => result.answer?.status)).toEqual([200, 401, 401, 401]);
    });
  });

  describe('the backend, called with these tokens by somebody else (S2-8, S2-15)', () => {
    it('accepts the bound one with its certificate only', async () => {
      const token = await fetchBoundToken();
      expect((await callBackend(token, 'certificate', own)).status).toBe(200);
      const thefts = [
        await callBackend(token, 'certificate'),
        await callBackend(token, 'certificate', await bindingCertificate()),
        await callBackend(token, 'certificate', await makeSelfSigned('thief')),
        await callBackend(token, 'backend'),
      ];
      for (const { status, headers } of thefts) {
        expect(status).toBe(401);
        expect(headers['www-authenticate']).toMatch(/^Bearer error="invalid_token"/);
      }
    });

    it('accepts the plain one from anybody, on both routes, unless bound tokens are required', async () => {
      const basic = `${settings.OAUTH_CLIENT_ID}:${encodeURIComponent(settings.OAUTH_CLIENT_SECRET)}`;
      const { text } = await requestToken(tokenUrl(AUTHORIZATION_SERVER), {}, { basic });
      const { access_token: token } = JSON.parse(text) as { access_token: string };
      for (const route of ['certificate', 'backend'] as const)
        expect((await callBackend(token, route)).status).toBe(200);
      await cf('set-env', 'backendmtls', 'CERTIFICATE_BINDING', 'required');
      await restart('backendmtls');
      const { status, body } = await getJson<AppJson>(frontend('/auth'));
      expect([status, body.error?.code]).toEqual([502, 'backend-binding-required']);
      expect((await getJson<AppJson>(frontend('/mtlsauth'))).status).toBe(200);
      await cf('unset-env', 'backendmtls', 'CERTIFICATE_BINDING');
      await restart('backendmtls');
    });

    async function bindingCertificate(): Promise<Pair> {
      const { certificate, key } = await credentialsOf(landscape, 'frontendmtls', 'destination');
      return { cert: String(certificate), key: String(key) };
    }
  });

  describe('the authorization server', () => {
    it('refuses the certificate without client_id (S2-14), and with the id of the other client', async () => {
      const url = tokenUrl(AUTHORIZATION_SERVER_CERTIFICATE);
      const unnamed = await requestToken(url, {}, { pair: own });
      expect([unnamed.status, JSON.parse(unnamed.text)]).toMatchObject([400, { error: 'invalid_request' }]);
      const other = await requestToken(url, { client_id: settings.OAUTH_CLIENT_ID }, { pair: own });
      expect([other.status, JSON.parse(other.text)]).toMatchObject([401, { error: 'invalid_client' }]);
    });

    it('refuses a certificate that is not registered, and none (S2-13)', async () => {
      const form = { client_id: settings.MTLS_OAUTH_CLIENT_ID };
      for (const pair of [await makeSelfSigned('unregistered'), undefined]) {
        const answer = await requestToken(tokenUrl(AUTHORIZATION_SERVER_CERTIFICATE), form, { ...(pair && { pair }) });
        expect(answer.status).toBe(401);
        expect(JSON.parse(answer.text)).toMatchObject({ error: 'invalid_client' });
      }
    });

    it('serves the client with a secret and the one with a certificate side by side (S2-16)', async () => {
      const answers = await Promise.all([getJson<AppJson>(frontend('/auth')), getJson<AppJson>(frontend('/mtlsauth'))]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    });

    it(
      'is named by the page when it is down, with what to do; the token in the cache serves until then',
      async () => {
        expect((await getJson<AppJson>(frontend('/mtlsauth'))).status).toBe(200);
        await succeed(landscape.control('stop', 'authorization-server'));
        expect((await getJson<AppJson>(frontend('/mtlsauth'))).status).toBe(200);
        await restart();
        const { status, body } = await getJson<AppJson>(frontend('/mtlsauth'));
        expect(status).toBe(502);
        expect(body.error).toMatchObject({
          code: 'authorization-server-unreachable',
          hop: { from: 'frontend', to: 'authorization-server' },
        });
        expect((await call(frontend('/health'))).status).toBe(200);
        await succeed(landscape.control('start', 'authorization-server'));
        expect((await getJson<AppJson>(frontend('/mtlsauth'))).status).toBe(200);
      },
      LIMIT_MS,
    );
  });

  it(
    'says what to bind without the service, and refuses to start with half of it',
    async () => {
      await cf('unbind-service', 'frontendmtls', 'mtlsOauthClient');
      await restart();
      const { status, body } = await getJson<AppJson>(frontend('/mtlsauth'));
      expect([status, body.error?.code]).toEqual([503, 'oauth-bound-client-not-configured']);
      await cf('set-env', 'frontendmtls', 'MTLS_OAUTH_CLIENT_ID', 'x');
      await expect(restart()).rejects.toThrow(/FAILED/);
      const logs = await cf('logs', 'frontendmtls', '--recent');
      for (const name of ['MTLS_OAUTH_CERTIFICATE_FILE', 'MTLS_OAUTH_KEY_FILE', 'MTLS_OAUTH_TOKEN_URL'])
        expect(logs).toContain(`${name} is missing`);
      await cf('unset-env', 'frontendmtls', 'MTLS_OAUTH_CLIENT_ID');
      await cf('bind-service', 'frontendmtls', 'mtlsOauthClient');
      await restart();
      expect((await getJson<AppJson>(frontend('/mtlsauth'))).status).toBe(200);
    },
    LIMIT_MS,
  );
});

function thumbprintOf(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
}
