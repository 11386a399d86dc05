import type { Hop } from '../../src/hops';
import type { ComparedToken, ScenarioCard } from '../../src/scenario';
import { startApp, type RunningApp } from '../support/running-app';
import { cardOf, createConfig, hang, startServices, type Services } from '../support/services';
import {
  boundClientId,
  DISCOVERY,
  oauthSecret,
  plainClientId,
  RFC_8414,
  startOAuthServer,
  type OAuthServer,
} from '../support/oauth-server';
import { sendJson, type Handler } from '../support/stand-in';

let services: Services;
let server: OAuthServer;
let app: RunningApp;

beforeAll(async () => {
  services = await startServices();
  server = await startOAuthServer(services);
});
beforeEach(() => {
  services.reset();
  server.reset();
});
afterEach(() => app.stop());
afterAll(async () => {
  await server.stop();
  await services.stop();
});

async function start(change: Parameters<typeof createConfig>[1] = {}): Promise<void> {
  const config = createConfig(services, {
    destination: undefined,
    identity: undefined,
    oauth: server.clients(),
    ...change,
  });
  app = await startApp({ config, createAgent: services.createAgent });
}

const way = (hops: readonly Hop[]) => hops.map(({ from, to, method, path }) => `${from} > ${to}: ${method} ${path}`);
const page = async (path: string) => (await app.get(path)).text();
const formOf = (body = '') => Object.fromEntries(new URLSearchParams(body));

/** The clients with their token endpoints, and no issuer. */
const withUrls = (plain = server.plain.url, bound = server.certificate.url) => {
  const clients = server.clients();
  return {
    ...clients,
    issuer: undefined,
    plain: clients.plain && { ...clients.plain, tokenUrl: new URL(`${plain}/oauth2/token`) },
    bound: clients.bound && { ...clients.bound, tokenUrl: new URL(`${bound}/oauth2/token`) },
  };
};

describe('GET /home', () => {
  it('shows both buttons, and calls nobody', async () => {
    await start();
    const text = await page('/home');
    expect(text).toMatch(/<a [^>]*href="\/auth"[^>]*><span[^>]*>Get Access Token</);
    expect(text).toMatch(/<a [^>]*href="\/mtlsauth"[^>]*><span[^>]*>Get Certificate Bound Access Token</);
    expect(server.plain.requests.length + server.certificate.requests.length).toBe(0);
  });

  it('has a JSON twin', async () => {
    await start();
    const { status, result } = await app.run('/home');
    expect(status).toBe(200);
    expect(result.comparison).toEqual([
      { path: '/auth', title: 'Access token', action: 'Get Access Token', state: { kind: 'ready' } },
      {
        path: '/mtlsauth',
        title: 'Certificate-bound access token',
        action: 'Get Certificate Bound Access Token',
        state: { kind: 'ready' },
      },
    ]);
  });
});

describe('GET /auth', () => {
  it('fetches a token with the secret in a Basic header, and calls the backend without a certificate', async () => {
    await start();
    const { status, result } = await app.run('/auth');
    expect(status).toBe(200);
    expect(way(result.hops)).toEqual([
      'browser > frontend: GET /auth',
      `frontend > authorization-server: GET ${RFC_8414}`,
      'frontend > authorization-server: POST /oauth2/token',
      'frontend > backend: GET /endpoint',
      'backend > authorization-server: GET /jwks',
    ]);
    expect(result.hops.map(({ authentication }) => authentication.kind)).toEqual([
      'none',
      'none',
      'secret',
      'bearer',
      'none',
    ]);
    const request = server.plain.requests[1];
    expect(request?.headers.authorization).toMatch(/^Basic /);
    expect(formOf(request?.body)).toEqual({ grant_type: 'client_credentials' });
    expect(result.token?.claims).toMatchObject({ client_id: plainClientId });
    expect(result.token?.claims).not.toHaveProperty('cnf');
    expect(services.certificateRoute.requests.map(({ thumbprint }) => thumbprint)).toEqual([undefined]);
    expect(result.certificate).toBeUndefined();
    expect(server.certificate.requests).toHaveLength(0);
  });

  it('says what to do when the backend wants bound tokens only', async () => {
    services.certificateRoute.handler = (_request, res) =>
      sendJson(
        res,
        401,
        {},
        {
          'www-authenticate':
            'Bearer error="invalid_token", error_description="This route accepts only tokens that are bound to a client certificate: x."',
        },
      );
    await start();
    const { status, result } = await app.run('/auth');
    expect([status, result.error?.code]).toEqual([502, 'backend-binding-required']);
    expect(result.error?.remedy).toContain('Take the certificate-bound token');
  });
});

describe('GET /mtlsauth', () => {
  it('fetches a bound token at the alias for certificates, and shows the backend the same certificate', async () => {
    await start();
    const { status, result } = await app.run('/mtlsauth');
    const { thumbprint } = server.client;
    expect(status).toBe(200);
    expect(way(result.hops)).toEqual([
      'browser > frontend: GET /mtlsauth',
      `frontend > authorization-server: GET ${RFC_8414}`,
      'frontend > authorization-server: POST /oauth2/token',
      'frontend > backend: GET /endpoint',
      'backend > authorization-server: GET /jwks',
    ]);
    expect(result.hops[2]?.authentication).toEqual({ kind: 'certificate', 'x5t#S256': thumbprint });
    expect(result.hops[3]?.authentication).toEqual({ kind: 'bearer', 'x5t#S256': thumbprint });
    const [request] = server.certificate.requests;
    expect(formOf(request?.body)).toEqual({ grant_type: 'client_credentials', client_id: boundClientId });
    expect([request?.headers.authorization, request?.thumbprint]).toEqual([undefined, thumbprint]);
    expect(services.certificateRoute.requests[0]?.thumbprint).toBe(thumbprint);
    expect(result.token?.claims['cnf']).toEqual({ 'x5t#S256': thumbprint });
    expect(result.certificate).toMatchObject(cardOf(server.client));
    expect(result.notes).toBeUndefined();
  });

  it('makes one handshake with each server for many requests', async () => {
    await start({ maxSockets: 1 });
    for (let round = 0; round < 5; round += 1) expect((await app.run('/mtlsauth')).status).toBe(200);
    expect([server.certificate.handshakes, services.certificateRoute.handshakes]).toEqual([1, 1]);
    expect(server.certificate.requests).toHaveLength(1);
  });

  it('notes when the server has not bound the token', async () => {
    server.behaviour.binds = false;
    await start();
    const { status, result } = await app.run('/mtlsauth');
    expect(status).toBe(200);
    expect(result.notes).toEqual([
      expect.objectContaining({
        code: 'token-not-bound',
        reason: expect.stringContaining('tls_client_certificate_bound_access_tokens') as unknown,
      }),
    ]);
  });

  it('replays its token as a thief would', async () => {
    await start();
    const form = /name="proof" value="([^"]+)"/.exec(await page('/mtlsauth'));
    expect(form === null ? await page('/mtlsauth') : '').not.toContain('DEMO_ATTACKS');
    expect(await page('/mtlsauth')).toContain('action="/mtlsauth/replay"');
  });
});

describe('the token endpoint', () => {
  it.each([
    ['no alias', { mtls_endpoint_aliases: undefined }],
    ['no alias for it', { mtls_endpoint_aliases: { introspection_endpoint: 'https://elsewhere.example' } }],
  ])('is that of everybody with %s (RFC 8705 §5)', async (_what, metadata) => {
    server.behaviour.metadata = { token_endpoint: `${server.certificate.url}/oauth2/token`, ...metadata };
    await start();
    expect((await app.run('/mtlsauth')).status).toBe(200);
    expect(server.certificate.requests).toHaveLength(1);
  });

  it('is found by the metadata of OpenID Connect where there is no other', async () => {
    server.behaviour.metadataPath = DISCOVERY;
    await start();
    const { status, result } = await app.run('/auth');
    expect(status).toBe(200);
    expect(result.hops.map(({ path, status: answered }) => [path, answered]).slice(1, 3)).toEqual([
      [RFC_8414, 404],
      [DISCOVERY, 200],
    ]);
    expect(result.hops.some(({ failure }) => failure !== undefined)).toBe(false);
  });

  it('needs no metadata where it is configured', async () => {
    await start({ oauth: withUrls() });
    for (const path of ['/auth', '/mtlsauth']) {
      const { status, result } = await app.run(path);
      expect(status).toBe(200);
      expect(way(result.hops).slice(1, 3)).toEqual([
        'frontend > authorization-server: POST /oauth2/token',
        'frontend > backend: GET /endpoint',
      ]);
    }
  });

  it.each([
    [
      'is that of another server',
      { issuer: 'https://other.example' },
      /^The metadata at \S+ cannot be used: it is that of "https:\/\/other\.example"/,
    ],
    ['has no token endpoint', { token_endpoint: undefined }, /token_endpoint is missing or wrong/],
    ['has a token endpoint without TLS', { token_endpoint: 'http://a.example' }, /token_endpoint is missing or wrong/],
    [
      'has an alias without TLS',
      { mtls_endpoint_aliases: { token_endpoint: 'http://a.example' } },
      /mtls_endpoint_aliases\.token_endpoint/,
    ],
  ])('is not believed from metadata that %s', async (_what, metadata, message) => {
    server.behaviour.metadata = metadata;
    await start();
    const { status, result } = await app.run('/mtlsauth');
    expect([status, result.error?.code]).toEqual([502, 'authorization-server-metadata-invalid']);
    expect(result.error?.message).toMatch(message);
    expect(result.error?.remedy).toContain('OAUTH_ISSUER in the environment');
    expect(server.certificate.requests).toHaveLength(0);
  });

  it('is not guessed where there is no metadata', async () => {
    server.behaviour.metadataPath = '/nowhere';
    await start();
    const { status, result } = await app.run('/auth');
    expect([status, result.error?.code]).toEqual([502, 'authorization-server-metadata-missing']);
    expect(server.tokens).toEqual([]);
  });
});

describe('a refused client', () => {
  it('is told the code of the error and what to check: the one with a secret', async () => {
    const clients = server.clients();
    await start({ oauth: { ...clients, plain: clients.plain && { ...clients.plain, clientId: 'nobody' } } });
    const { status, result } = await app.run('/auth');
    expect([status, result.error?.code]).toEqual([502, 'authorization-server-client-refused']);
    expect(result.error?.message).toContain('401: invalid_client, Client authentication failed');
    expect(result.error?.remedy).toMatch(/OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET.*client_secret_basic/);
    expect(await page('/auth')).toContain('invalid_client');
  });

  it('is told so, too, when the addresses were swapped', async () => {
    await start({ oauth: withUrls(server.certificate.url, server.plain.url) });
    expect((await app.run('/auth')).status).toBe(200); // a secret is taken there as well
    const { status, result } = await app.run('/mtlsauth');
    expect(status).toBe(502);
    expect(result.error?.message).toContain('invalid_client');
    expect(result.error?.remedy).toMatch(/the address is the one that asks for a certificate/);
  });
});

describe('the tokens side by side', () => {
  const fetched = (comparison: readonly ComparedToken[] | undefined) =>
    comparison?.map(({ last }) => last?.claims['client_id']);

  it('are there as soon as each was fetched, whichever came first', async () => {
    await start();
    expect(fetched((await app.run('/mtlsauth')).result.comparison)).toEqual([undefined, boundClientId]);
    expect(fetched((await app.run('/auth')).result.comparison)).toEqual([plainClientId, boundClientId]);
    expect(fetched((await app.run('/home')).result.comparison)).toEqual([plainClientId, boundClientId]);
  });

  it('are marked as verified where the backend has verified them, and the difference is explained', async () => {
    await start();
    await app.run('/auth');
    const text = await page('/mtlsauth');
    expect(text.match(/token__claim--difference/g)).toHaveLength(2);
    expect(text.match(/verified by the backend<\/span><\/span> <span class="token__status"/g)).toHaveLength(2);
    for (const part of ['none: whoever has this token can use it', 'RFC 7800', 'RFC 8705', server.client.thumbprint])
      expect(text).toContain(part);
  });

  it('are marked as decoded, not verified, where the backend answers something else', async () => {
    services.certificateRoute.handler = (_request, res) => sendJson(res, 200, { message: 'ok' });
    await start();
    const text = await page('/auth');
    expect(text).toContain('decoded, not verified');
    expect(text).not.toMatch(/verified by the backend<\/span><\/span> <span class="token__status"/);
  });

  it('vanish when they have expired, and when another could not be fetched', async () => {
    server.behaviour.lifetime = 600;
    await start();
    await app.run('/auth');
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 601_000);
    expect(fetched((await app.run('/home')).result.comparison)).toEqual([undefined, undefined]);
    jest.restoreAllMocks();
    await app.run('/mtlsauth');
    services.certificateRoute.handler = (_request, res) => void res.writeHead(500).end();
    expect((await app.run('/mtlsauth')).status).toBe(502);
    services.certificateRoute.reset();
    expect(fetched((await app.run('/auth')).result.comparison)?.[0]).toBe(plainClientId);
  });
});

describe('the start page', () => {
  async function homeCard(): Promise<ScenarioCard | undefined> {
    const answer = await app.get('/', { accept: 'application/json' });
    const { scenarios } = (await answer.json()) as { scenarios: ScenarioCard[] };
    expect(scenarios.map(({ path }) => path)).toEqual(['/app', '/homepage', '/home']);
    return scenarios.find(({ path }) => path === '/home');
  }

  it('has one card for both ways, with the end of the certificate and the last result', async () => {
    await start();
    expect(await homeCard()).toMatchObject({
      state: { kind: 'ready' },
      certificateNotAfter: cardOf(server.client).notAfter,
    });
    await app.run('/mtlsauth');
    expect((await homeCard())?.lastResult).toMatchObject({ ok: true, summary: 'The backend answered 200' });
    expect(await page('/mtlsauth')).toMatch(/href="\/home" aria-current="page"/);
  });

  it('says what to bind with nothing configured, and so do all three pages', async () => {
    await start({ oauth: undefined });
    expect((await homeCard())?.state).toMatchObject({
      kind: 'not-bound',
      bind: expect.stringMatching(/cf create-user-provided-service mtlsOauthClient -t oauth-client/) as unknown,
    });
    for (const [path, code] of [
      ['/auth', 'oauth-plain-client-not-configured'],
      ['/mtlsauth', 'oauth-bound-client-not-configured'],
    ] as const) {
      const { status, result } = await app.run(path);
      expect([status, result.error?.code]).toEqual([503, code]);
    }
    expect((await app.get('/home')).status).toBe(200);
    expect(await page('/home')).toContain('cf create-user-provided-service');
  });

  it('says that one of both is missing', async () => {
    await start({ oauth: { ...server.clients(), bound: undefined } });
    expect((await homeCard())?.state).toMatchObject({
      kind: 'not-configured',
      problem: expect.stringContaining('one of two') as unknown,
    });
    expect((await app.run('/auth')).status).toBe(200);
  });

  it('says that the address of the backend is missing', async () => {
    await start({ backendUrl: undefined });
    expect((await homeCard())?.state.kind).toBe('not-configured');
    expect((await app.run('/auth')).result.error?.code).toBe('backend-url-missing');
  });
});

describe('secrets of the clients', () => {
  it('turn up in no log, page or JSON', async () => {
    await start({ timeouts: { tokenMs: 300, destinationMs: 300, backendMs: 300 } });
    const told: string[] = [];
    const look = async (): Promise<void> => {
      for (const path of ['/auth', '/mtlsauth', '/home'])
        for (const accept of ['text/html', 'application/json'])
          told.push(await (await app.get(path, { accept })).text());
    };
    const echo: Handler = ({ method, body, headers }, res) =>
      method === 'GET'
        ? sendJson(res, 200, { issuer: server.plain.url, token_endpoint: `${server.plain.url}/oauth2/token` })
        : sendJson(res, 400, { error: 'invalid_request', error_description: `${headers.authorization} ${body}` });
    for (const handler of [hang, echo]) {
      server.plain.handler = handler;
      await look();
    }
    server.reset();
    services.certificateRoute.handler = ({ headers }, res) => void res.writeHead(500).end(headers.authorization);
    await look();
    services.certificateRoute.reset();
    await look();
    expect(told.join()).toContain('Backend app successfully called.');
    const everything = `${app.log()}\n${told.join('\n')}`;
    const encoded = new URLSearchParams([['', oauthSecret]]).toString().slice(1);
    const id = new URLSearchParams([['', plainClientId]]).toString().slice(1);
    const basic = Buffer.from(`${id}:${encoded}`).toString('base64');
    const secrets = [oauthSecret, encoded, basic, server.client.key.split('\n')[1] ?? '', ...server.tokens];
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    expect(everything).not.toContain('PRIVATE KEY');
  });
});
