import { NotFoundError } from '../src/errors';
import type { Hop } from '../src/hops';
import type { Scenario } from '../src/scenarios/scenario';
import { eventually, startApp, type RunningApp } from './support/running-app';
import { cardOf, createConfig, hang, readTestCredential, startServices, type Services } from './support/services';
import { sendJson, type Handler } from './support/stand-in';
import type { Issued } from './support/test-ca';

jest.setTimeout(20_000); // some wait for a cache to become a second old

let services: Services;
let app: RunningApp;

beforeAll(async () => {
  services = await startServices();
});
beforeEach(() => services.reset());
afterEach(async () => {
  await app.stop();
  for (const standIn of [services.xsuaaCertificate, services.destinationService, services.backend]) {
    await standIn.stop();
    await standIn.start();
  }
});
afterAll(() => services.stop());

async function start(change?: Parameters<typeof createConfig>[1]): Promise<void> {
  app = await startApp({ config: createConfig(services, change), createAgent: services.createAgent });
}

type Health = { readonly certificates?: unknown };

const way = (hops: readonly Hop[]) => hops.map(({ from, to, method, path }) => `${from} > ${to}: ${method} ${path}`);
const caches = (hops: readonly Hop[]) => hops.map(({ cache }) => cache);

const FIND = '/destination-configuration/v1/destinations/destination_to_mtlsapp';
const WHOLE_WAY = [
  'browser > frontend: GET /app',
  'frontend > xsuaa: POST /oauth/token',
  `frontend > destination-service: GET ${FIND}`,
  'destination-service > xsuaa: POST /oauth/token',
  `frontend > destination-service: GET ${FIND}?$skipTokenRetrieval=true`,
  'frontend > backend: GET /endpoint',
  'backend > xsuaa: GET /token_keys',
];

describe('GET /app', () => {
  it('answers JSON with the backend, the decoded claims, the certificate and the hops in order', async () => {
    await start();
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(Object.keys(result).sort()).toEqual(['backend', 'certificate', 'hops', 'token']);
    expect(result.backend).toEqual({
      status: 200,
      body: { message: 'Backend app successfully called.', claims: result.token?.claims },
    });
    expect(result.token?.claims['cnf']).toEqual({ 'x5t#S256': services.keystore.thumbprint });
    expect(result.certificate).toMatchObject(cardOf(services.keystore));
    expect(way(result.hops)).toEqual(WHOLE_WAY);
    expect(result.hops.map(({ status }) => status)).toEqual([200, 200, 200, undefined, 200, 200, undefined]);
    expect(result.hops.map(({ observed }) => observed)).toEqual([true, true, true, false, true, true, false]);
    expect(result.hops.every(({ observed, durationMs }) => observed === (durationMs !== undefined))).toBe(true);
    expect(result.hops.some(({ failure }) => failure !== undefined)).toBe(false);
  });

  it('shows the certificate of the binding on the token hop and that of the keystore on the hop it cannot see', async () => {
    await start();
    const { hops } = (await app.run()).result;
    expect(hops.map(({ authentication }) => authentication)).toEqual([
      { kind: 'none' },
      { kind: 'certificate', 'x5t#S256': services.binding.thumbprint },
      { kind: 'bearer' },
      { kind: 'certificate', 'x5t#S256': services.keystore.thumbprint },
      { kind: 'bearer' },
      { kind: 'bearer' },
      { kind: 'none' },
    ]);
    expect(services.xsuaaCertificate.requests[0]?.thumbprint).toBe(services.binding.thumbprint);
  });

  it('works with a secret binding, at the plain host', async () => {
    await start({ kind: 'secret' });
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(result.hops[1]?.authentication).toEqual({ kind: 'secret' });
    expect([services.xsuaa.requests.length, services.xsuaaCertificate.requests.length]).toEqual([1, 0]);
  });

  it('answers a browser with a page under a strict policy that nobody may keep', async () => {
    await start();
    const response = await app.get('/app', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('Accept');
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none';style-src 'self';font-src 'self';img-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.has('x-powered-by')).toBe(false);
    const page = await response.text();
    expect(page).toContain('Backend app successfully called.');
    expect(page).toContain(services.keystore.thumbprint);
  });

  it.each([['*/*'], ['text/*'], ['text/plain']])('answers Accept: %s with the page', async (accept) => {
    await start();
    expect((await app.get('/app', { accept })).headers.get('content-type')).toContain('text/html');
  });

  it('shows markup in a claim or in an answer as text', async () => {
    services.backend.handler = (_request, res) => sendJson(res, 200, { message: '<script>alert(1)</script>' });
    await start();
    const page = await (await app.get('/app')).text();
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script>alert(1)&lt;/script>');
  });

  it('makes one token call and two finds for 50 concurrent first requests, and a handshake for each of the two finds', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.run()));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(services.xsuaaCertificate.requests).toHaveLength(1);
    expect(services.destinationService.requests).toHaveLength(2);
    expect(services.backend.requests).toHaveLength(50);
    expect([services.xsuaaCertificate.handshakes, services.destinationService.handshakes]).toEqual([1, 2]);
  });

  it('makes one call and no handshake a request once the caches are warm, and says what they answered', async () => {
    await start();
    await app.run();
    const handshakes = services.xsuaaCertificate.handshakes + services.destinationService.handshakes;
    for (let round = 0; round < 5; round += 1) {
      const { result } = await app.run();
      expect(way(result.hops)).toEqual(WHOLE_WAY);
      expect(caches(result.hops)).toEqual(['none', 'hit', 'hit', 'hit', 'hit', 'none', 'none']);
      expect(result.hops[2]).not.toHaveProperty('status');
      expect(result.hops[2]).not.toHaveProperty('durationMs');
    }
    expect([services.xsuaaCertificate.requests.length, services.destinationService.requests.length]).toEqual([1, 2]);
    expect(services.backend.requests).toHaveLength(6);
    expect(services.xsuaaCertificate.handshakes + services.destinationService.handshakes).toBe(handshakes);
  });

  it.each(['', '/', '//'])('calls /endpoint below the URL when that ends with "%s"', async (ending) => {
    services.behaviour.destination['URL'] = `${services.backend.url}${ending}`;
    await start();
    expect((await app.run()).status).toBe(200);
    expect(services.backend.requests[0]?.url).toBe('/endpoint');
  });
});

describe('GET /app with cold caches', () => {
  const dead = [
    ['XSUAA', 'xsuaaCertificate', 'xsuaa', 'xsuaa-unreachable'],
    ['Destination Service', 'destinationService', 'destination-service', 'destination-service-unreachable'],
    ['backend', 'backend', 'backend', 'backend-unreachable'],
  ] as const;

  it.each(dead)(
    'answers 502 naming a stopped %s within 5 s, and works once it is back',
    async (_name, which, party, code) => {
      await start();
      await services[which].stop();
      const started = Date.now();
      const { status, result } = await app.run();
      expect(Date.now() - started).toBeLessThan(5000);
      expect(status).toBe(502);
      expect(result.error).toMatchObject({ code, hop: { from: 'frontend', to: party } });
      expect(result.error?.remedy).toMatch(/Check that it is running/);
      const failing = result.hops.filter(({ failure }) => failure !== undefined);
      expect(failing.map(({ to }) => to)).toEqual(party === 'destination-service' ? [party, party] : [party]);
      await services[which].start();
      expect((await app.run()).status).toBe(200);
    },
  );

  const hanging = [
    ['XSUAA', 'xsuaaCertificate', 'tokenMs', 'xsuaa-timeout'],
    ['Destination Service', 'destinationService', 'destinationMs', 'destination-service-timeout'],
    ['backend', 'backend', 'backendMs', 'backend-timeout'],
  ] as const;

  it.each(hanging)('answers 504 naming a hanging %s after its time-out', async (_name, which, setting, code) => {
    await start({ timeouts: { tokenMs: 3000, destinationMs: 3000, backendMs: 3000, [setting]: 150 } });
    services[which].handler = hang;
    const started = Date.now();
    const { status, result } = await app.run();
    expect(Date.now() - started).toBeLessThan(3000);
    expect(status).toBe(504);
    expect(result.error?.code).toBe(code);
    expect(result.error?.message).toContain('within 150 ms');
  });

  it('shows the failing hop on a page with the same status', async () => {
    await start();
    await services.backend.stop();
    const response = await app.get('/app', { accept: 'text/html' });
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).toContain('backend-unreachable');
    expect(page).toContain('Check that it is running');
  });

  it('names a missing destination and how to create it', async () => {
    await start({ destinationName: 'other' });
    const { status, result } = await app.run();
    expect(status).toBe(502);
    expect(result.error?.code).toBe('destination-not-found');
    expect(result.error?.message).toContain('"other"');
    expect(result.error?.remedy).toContain('mtls destination deploy');
    expect(services.backend.requests).toHaveLength(0);
  });

  it('puts a failed token retrieval, a 200 of the find, on the hop that it cannot see', async () => {
    services.behaviour.authTokens = [{ type: '', value: '', error: 'Bad credentials', expires_in: '0' }];
    await start();
    const { status, result } = await app.run();
    expect(status).toBe(502);
    expect(result.error).toMatchObject({
      code: 'token-retrieval-failed',
      hop: { from: 'destination-service', to: 'xsuaa' },
    });
    expect(result.error?.message).toContain('Bad credentials');
    expect(result.hops.map(({ failure }) => failure !== undefined)).toEqual([false, false, false, true, false]);
  });

  it('keeps no failure: the next request tries again', async () => {
    await start();
    services.destinationService.handler = (_request, res) => void res.writeHead(500).end('<html>oops</html>');
    expect((await app.run()).result.error?.code).toBe('destination-service-failed');
    services.destinationService.reset();
    expect((await app.run()).status).toBe(200);
  });
});

describe('GET /app with warm caches', () => {
  it('keeps working while XSUAA and the Destination Service are down, says so, and recovers by itself', async () => {
    await start({ cacheAges: { tokenMs: 1000, destinationMs: 1000 } });
    await app.run();
    await services.xsuaaCertificate.stop();
    await services.destinationService.stop();
    const stale = async () => (await app.run()).result.hops.filter(({ cache }) => cache === 'stale');
    await eventually(async () => (await stale()).length > 0);
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(way(result.hops)).toEqual(WHOLE_WAY);
    const marked = result.hops.filter(({ cache }) => cache === 'stale');
    expect(marked.map(({ failure }) => failure?.code)).toContain('destination-service-unreachable');
    expect(app.log()).toContain('a refresh in the background failed: ');
    await services.xsuaaCertificate.start();
    await services.destinationService.start();
    await eventually(async () => (await stale()).length === 0);
    expect((await app.run()).status).toBe(200);
  });

  it('marks the token hop when XSUAA alone is down', async () => {
    await start({ cacheAges: { tokenMs: 1000, destinationMs: 1000 } });
    await app.run();
    await services.xsuaaCertificate.stop();
    await eventually(async () => {
      const { status, result } = await app.run();
      expect(status).toBe(200);
      return result.hops[1]?.cache === 'stale' && result.hops[1].failure?.code === 'xsuaa-unreachable';
    });
    expect((await app.run()).result.hops[2]?.cache).toBe('hit');
  });

  it('lets no request wait for a refresh', async () => {
    await start({
      cacheAges: { tokenMs: 86_400_000, destinationMs: 1000 },
      timeouts: { tokenMs: 3000, destinationMs: 60_000, backendMs: 3000 },
    });
    await app.run();
    services.destinationService.handler = hang;
    await eventually(async () => {
      expect((await app.run()).status).toBe(200);
      return services.destinationService.requests.length > 2;
    });
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(result.hops[2]?.cache).toBe('hit');
    expect(services.destinationService.requests).toHaveLength(4);
  });

  it('does not serve a destination that the service says is gone', async () => {
    await start({ cacheAges: { tokenMs: 86_400_000, destinationMs: 1000 } });
    await app.run();
    services.destinationService.handler = (_request, res) =>
      sendJson(res, 404, { ErrorMessage: 'Configuration with the specified name was not found' });
    await eventually(async () => (await app.run()).result.error?.code === 'destination-not-found');
  });

  it('fetches the destination once more, once, after the backend has refused its token', async () => {
    await start();
    await app.run();
    services.behaviour.refusedTokens.add(services.tokens.target[0] ?? '');
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(way(result.hops)).toEqual([
      ...WHOLE_WAY.slice(0, 6),
      ...WHOLE_WAY.slice(1, 6),
      'backend > xsuaa: GET /token_keys',
    ]);
    expect(result.hops[5]?.failure?.code).toBe('backend-token-invalid');
    expect(services.destinationService.requests).toHaveLength(4);
    expect(services.backend.requests).toHaveLength(3);
  });

  it('does not ask again and again for a destination whose token, always the same, the backend refuses', async () => {
    await start();
    await app.run();
    const token = services.tokens.target[0] ?? '';
    services.behaviour.refusedTokens.add(token);
    services.behaviour.authTokens = [{ type: 'bearer', value: token, expires_in: '3600' }];
    for (let round = 0; round < 4; round += 1) {
      const { status, result } = await app.run();
      expect(status).toBe(502);
      expect(result.error).toMatchObject({ code: 'backend-token-invalid', hop: { from: 'frontend', to: 'backend' } });
      expect(result.error?.message).toContain('The signature is wrong.');
      expect(result.backend?.status).toBe(401);
    }
    expect(services.destinationService.requests).toHaveLength(4);
    expect(services.backend.requests).toHaveLength(5);
  });

  it('shares the new destination among 20 requests that meet the refusal at once', async () => {
    await start();
    await app.run();
    services.behaviour.refusedTokens.add(services.tokens.target[0] ?? '');
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.run()));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(services.destinationService.requests).toHaveLength(4);
  });

  it('fetches a token anew, once, when the Destination Service refuses the one in the cache', async () => {
    await start({ cacheAges: { tokenMs: 86_400_000, destinationMs: 1000 } });
    await app.run();
    services.tokens.service.length = 0;
    await eventually(async () => {
      expect((await app.run()).status).toBe(200);
      return services.xsuaaCertificate.requests.length === 2 && services.destinationService.requests.length === 6;
    });
  });
});

describe('GET /app without a Destination Service', () => {
  it('answers 503 with what to bind, and the start page says it too', async () => {
    await start({ destination: undefined });
    const { status, result } = await app.run();
    expect(status).toBe(503);
    expect(result.error?.code).toBe('destination-service-not-bound');
    expect(result.error?.remedy).toContain('cf bind-service frontendmtls mtlsDestination');
    expect(way(result.hops)).toEqual(['browser > frontend: GET /app']);
    const overview = (await (await app.get('/', { accept: 'application/json' })).json()) as {
      scenarios: { state: unknown }[];
    };
    expect(overview.scenarios[0]?.state).toMatchObject({ kind: 'not-bound' });
    expect(await (await app.get('/')).text()).toContain('cf bind-service frontendmtls mtlsDestination');
  });
});

describe('GET /', () => {
  interface Overview {
    readonly scenarios: readonly {
      certificateNotAfter?: string;
      lastResult?: { ok: boolean; at: string; summary: string };
    }[];
  }
  const overview = async () => (await (await app.get('/', { accept: 'application/json' })).json()) as Overview;

  it('shows the certificate of the binding before the first run, and the first end of validity with the last result after', async () => {
    await start();
    expect((await overview()).scenarios[0]).toMatchObject({ certificateNotAfter: cardOf(services.binding).notAfter });
    expect((await overview()).scenarios[0]?.lastResult).toBeUndefined();
    await app.run();
    const ends = [services.binding, services.keystore].map((issued) => String(cardOf(issued).notAfter)).sort();
    expect((await overview()).scenarios[0]).toMatchObject({
      certificateNotAfter: ends[0],
      lastResult: { ok: true, summary: 'The backend answered 200' },
    });
    const at = (await overview()).scenarios[0]?.lastResult?.at;
    expect((await overview()).scenarios[0]?.lastResult?.at).toBe(at);
    await services.backend.stop();
    await app.run();
    expect((await overview()).scenarios[0]?.lastResult).toMatchObject({ ok: false });
    expect(await (await app.get('/')).text()).toContain('XSUAA and Destination Service');
  });
});

describe('every other path', () => {
  it('answers the health check without any upstream', async () => {
    await start();
    for (const standIn of [services.xsuaaCertificate, services.destinationService, services.backend])
      await standIn.stop();
    const response = await app.get('/health');
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ status: 'up' })]);
  });

  it('tells with the health when each certificate ends, that of the keystore once it is known, and nothing else of it', async () => {
    await start();
    const ends = async (): Promise<unknown> => ((await (await app.get('/health')).json()) as Health).certificates;
    const end = ({ x509 }: Pick<Issued, 'x509'>, name: string) => {
      const notAfter = new Date(x509.validTo).toISOString();
      return { name, notAfter, daysLeft: Math.floor((Date.parse(notAfter) - Date.now()) / 86_400_000) };
    };
    const bound = [end(services.binding, '/app binding'), end(services.identityBinding, '/homepage binding')];
    expect(await ends()).toEqual(expect.arrayContaining(bound));
    expect(await ends()).toHaveLength(bound.length);
    await app.run();
    expect(await ends()).toEqual(expect.arrayContaining([...bound, end(services.keystore, '/app keystore')]));
    expect(await ends()).toHaveLength(bound.length + 1);
  });

  it('tells with the health when the certificate of the login ends', async () => {
    const xsuaa = readTestCredential(services, 'certificate');
    const url = new URL(services.xsuaa.url);
    await start({ destination: undefined, xsuaa: { bindingName: 'mtlsXsuaa', credential: xsuaa, url } });
    const { certificates } = (await (await app.get('/health')).json()) as Health;
    expect(certificates).toContainEqual(
      expect.objectContaining({
        name: '/login binding',
        notAfter: new Date(services.binding.x509.validTo).toISOString(),
      }),
    );
  });

  it('serves the style sheet for an hour, and for ever under the address with a revision', async () => {
    await start();
    const plain = await app.get('/assets/pages.css');
    expect([plain.status, plain.headers.get('cache-control')]).toEqual([200, 'public, max-age=3600']);
    expect(plain.headers.get('content-type')).toContain('text/css');
    const versioned = await app.get('/assets/pages.css?v=abc123');
    expect(versioned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await app.get('/favicon.svg')).headers.get('content-type')).toContain('image/svg+xml');
    expect((await app.get('/favicon.ico')).headers.get('location')).toBe('/favicon.svg');
  });

  it.each(['/nowhere', '/assets/', '/assets/../server.js', '/.env'])('answers 404 for %s by Accept', async (path) => {
    await start();
    const json = await app.get(path, { accept: 'application/json' });
    expect(json.status).toBe(404);
    expect(await json.json()).toEqual({ error: new NotFoundError().toFailure() });
    const page = await app.get(path);
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('There is no page with this address.');
  });

  it('answers what Express finds wrong with a request by Accept as well', async () => {
    await start();
    const headers = { accept: 'application/json', range: 'bytes=9999-' };
    const response = await app.get('/assets/pages.css', headers);
    expect(response.status).toBe(416);
    expect(await response.json()).toMatchObject({ error: { code: 'bad-request' } });
  });

  it.each(['/', '/app', '/health'])('answers only GET and HEAD at %s', async (path) => {
    await start();
    const response = await fetch(`${app.url}${path}`, { method: 'POST', headers: { accept: 'application/json' } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await response.json()).toMatchObject({ error: { code: 'method-not-allowed' } });
    expect((await fetch(`${app.url}${path}`, { method: 'HEAD' })).status).toBe(200);
  });

  it('logs each request but the health check once, a failure with its hop and detail, never the query', async () => {
    await start();
    await services.backend.stop();
    await app.get('/health');
    await app.get('/app?code=s3cret', { 'x-vcap-request-id': 'id-1' });
    await eventually(() => app.log() !== ''); // the line is written after the answer
    const lines = app
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      method: 'GET',
      request: '/app',
      response_status: 502,
      correlation_id: 'id-1',
      error: 'backend-unreachable',
      hop: { from: 'frontend', to: 'backend' },
      detail: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(app.log()).not.toContain('s3cret');
  });

  it('answers 500 for a bug, with its stack in the log only', async () => {
    const broken: Scenario = {
      page: { path: '/app', title: 'Broken', revocation: '' },
      run: () => Promise.reject(new TypeError('secret internals')),
      replay: () => Promise.reject(new TypeError('secret internals')),
      card: () => ({ path: '/app', title: 'Broken', description: '', state: { kind: 'ready' } }),
      certificates: () => [],
      close: () => undefined,
    };
    app = await startApp({ scenarios: [broken] });
    for (const accept of ['application/json', 'text/html']) {
      const response = await app.get('/app', { accept });
      expect(response.status).toBe(500);
      const text = await response.text();
      expect(text).toContain('This app has a bug');
      expect(text).not.toContain('secret internals');
      expect(text).not.toContain('app.test');
    }
    await eventually(() => app.log().includes('secret internals'));
    expect(app.log()).toContain('app.test.ts');
  });

  it("names the browser's address in the commands of a page, as the router passes it on", async () => {
    await start({ destination: undefined });
    const page = await (
      await app.get('/', { 'x-forwarded-host': 'frontend.example', 'x-forwarded-proto': 'https' })
    ).text();
    expect(page).toContain('https://frontend.example/');
    const odd = await app.get('/', { 'x-forwarded-host': '<xmp>' });
    expect([odd.status, (await odd.text()).includes('<xmp>')]).toEqual([200, false]);
  });
});

describe('secrets', () => {
  it.each(['certificate', 'secret'] as const)('of a %s binding turn up in no log, page or JSON', async (kind) => {
    await start({ kind, timeouts: { tokenMs: 1000, destinationMs: 1000, backendMs: 1000 } });
    const told: string[] = [];
    const look = async (): Promise<void> => {
      for (const accept of ['text/html', 'application/json'])
        told.push(await (await app.get('/app', { accept })).text());
    };
    const xsuaa = kind === 'secret' ? services.xsuaa : services.xsuaaCertificate;
    for (const handler of [echoBody, hang]) {
      xsuaa.handler = handler;
      await look();
    }
    await xsuaa.stop();
    await look();
    await xsuaa.start();
    xsuaa.reset();
    services.destinationService.handler = echoToken;
    await look();
    services.destinationService.reset();
    for (const handler of [echoToken, hang]) {
      services.backend.handler = handler;
      await look();
    }
    services.backend.reset();
    await look();
    expect(told.at(-1)).toContain('Backend app successfully called.');
    const everything = `${app.log()}\n${told.join('\n')}`;
    const found = services.secrets().filter((secret) => everything.includes(secret));
    expect(found).toEqual([]);
    expect(services.secrets().length).toBeGreaterThan(5);
    expect(everything).not.toContain('PRIVATE KEY');
  });

  const echoBody: Handler = ({ body }, res) =>
    sendJson(res, 400, { error: 'invalid_request', error_description: body });
  const echoToken: Handler = ({ headers }, res) => void res.writeHead(500).end(headers.authorization);
});
