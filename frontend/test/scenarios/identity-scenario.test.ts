import type { Agent } from 'node:https';
import type { Hop } from '../../src/hops';
import type { CreateAgent } from '../../src/upstream/http-client';
import { eventually, startApp, type RunningApp } from '../support/running-app';
import {
  cardOf,
  createConfig,
  hang,
  identityClientId,
  readIdentityCredential,
  startServices,
  type Services,
} from '../support/services';
import { openSockets } from '../support/open-sockets';
import { sendJson, type Handler } from '../support/stand-in';

jest.setTimeout(20_000); // some wait for a cache to become a second old

let services: Services;
let app: RunningApp;
let agents: Agent[];

beforeAll(async () => {
  services = await startServices();
});
beforeEach(() => {
  services.reset();
  agents = [];
});
afterEach(async () => {
  await app.stop();
  for (const standIn of [services.identity, services.certificateRoute]) {
    await standIn.stop();
    await standIn.start();
  }
});
afterAll(() => services.stop());

const createAgent: CreateAgent = (options) => {
  const agent = services.createAgent(options);
  agents.push(agent);
  return agent;
};

/** Only Identity is bound, unless the test says otherwise. */
async function start(change?: Parameters<typeof createConfig>[1]): Promise<void> {
  app = await startApp({ config: createConfig(services, { destination: undefined, ...change }), createAgent });
}

const run = () => app.run('/homepage');
const way = (hops: readonly Hop[]) => hops.map(({ from, to, method, path }) => `${from} > ${to}: ${method} ${path}`);
const page = async () => (await app.get('/homepage')).text();
const withSecret = () => ({
  identity: { bindingName: 'clicreIas', client: readIdentityCredential(services, 'secret') },
});

const WHOLE_WAY = [
  'browser > frontend: GET /homepage',
  'frontend > identity: POST /oauth2/token',
  'frontend > backend: GET /endpoint',
  'backend > identity: GET /oauth2/certs',
];

describe('GET /homepage', () => {
  it('answers with the same members as /app, and shows one certificate to Identity and to the backend', async () => {
    await start();
    const { status, result } = await run();
    expect(status).toBe(200);
    expect(Object.keys(result).sort()).toEqual(['backend', 'certificate', 'hops', 'token']);
    expect(way(result.hops)).toEqual(WHOLE_WAY);
    const { thumbprint } = services.identityBinding;
    expect(result.hops.map(({ authentication }) => authentication)).toEqual([
      { kind: 'none' },
      { kind: 'certificate', 'x5t#S256': thumbprint },
      { kind: 'bearer', 'x5t#S256': thumbprint },
      { kind: 'none' },
    ]);
    expect(services.identity.requests[0]?.thumbprint).toBe(thumbprint);
    expect(services.certificateRoute.requests[0]?.thumbprint).toBe(thumbprint);
    expect(result.token?.claims['cnf']).toEqual({ 'x5t#S256': thumbprint });
    expect(result.certificate).toMatchObject(cardOf(services.identityBinding));
  });

  it('sends the id in the body, no secret and no authorization header', async () => {
    await start();
    await run();
    const [request] = services.identity.requests;
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: identityClientId,
    });
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('shows on the page what the backend has verified, and how new tokens are stopped', async () => {
    await start();
    const text = await page();
    for (const part of ['Identity (IAS)', 'formerly zone_uuid', identityClientId, services.identityBinding.thumbprint])
      expect(text.includes(part)).toBe(true);
    expect(text.includes('Tokens already issued live until they expire')).toBe(true);
  });

  it('asks for the applications that IDENTITY_RESOURCE names', async () => {
    await start({ identityResources: ['urn:sap:identity:application:provider:name:backend'] });
    const { result } = await run();
    expect(result.token?.claims['aud']).toBe('urn:sap:identity:application:provider:name:backend');
  });

  it('makes one token call for 200 concurrent first requests', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 200 }, run));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect([services.identity.requests.length, services.certificateRoute.requests.length]).toEqual([1, 200]);
    expect(services.certificateRoute.handshakes).toBeLessThanOrEqual(32);
  });

  it('makes one call and no handshake a request once its token is there, over one agent', async () => {
    await start();
    await run();
    for (let round = 0; round < 5; round += 1)
      expect((await run()).result.hops.map(({ cache }) => cache)).toEqual(['none', 'hit', 'none', 'none']);
    expect([services.identity.requests.length, services.certificateRoute.requests.length]).toEqual([1, 6]);
    expect([services.identity.handshakes, services.certificateRoute.handshakes]).toEqual([1, 1]);
    expect(agents).toHaveLength(1);
    const [agent] = agents;
    await app.stop();
    await eventually(() => openSockets(agent) === 0);
  });

  it('works with a secret, whose token is bound to nothing', async () => {
    await start(withSecret());
    const { status, result } = await run();
    expect(status).toBe(200);
    expect(result.hops[1]?.authentication).toEqual({ kind: 'secret' });
    expect(result.hops[2]?.authentication).toEqual({ kind: 'bearer' });
    expect(result.token?.claims).not.toHaveProperty('cnf');
    expect(result).not.toHaveProperty('certificate');
    expect((await page()).includes('whoever has it can use it')).toBe(true);
    expect((await (await app.get('/')).text()).includes('with the client secret of the binding')).toBe(true);
  });

  it.each([
    ['certificate', 'certificateRoute', 200],
    ['certificate', 'plainRoute', 502],
    ['secret', 'certificateRoute', 200],
    ['secret', 'plainRoute', 200],
  ] as const)('with a %s for the token and the %s for the call answers %i', async (kind, route, expected) => {
    const client = readIdentityCredential(services, kind);
    await start({ identity: { bindingName: 'clicreIas', client }, backendUrl: new URL(services[route].url) });
    expect((await run()).status).toBe(expected);
  });

  it('says why a plain route refuses its token, and what to set', async () => {
    await start({ backendUrl: new URL(services.plainRoute.url) });
    const { status, result } = await run();
    expect([status, result.error?.code]).toEqual([502, 'backend-certificate-missing']);
    expect(result.error?.remedy).toContain('cf set-env frontendmtls BACKEND_URL');
    expect(services.identity.requests).toHaveLength(1);
  });
});

describe('GET /homepage while something fails', () => {
  it.each([
    ['identity', 'identity-unreachable'],
    ['certificateRoute', 'backend-unreachable'],
  ] as const)('answers 502 naming a stopped %s, and works once it is back', async (which, code) => {
    await start();
    await services[which].stop();
    const { status, result } = await run();
    expect([status, result.error?.code]).toEqual([502, code]);
    await services[which].start();
    expect((await run()).status).toBe(200);
  });

  it.each([
    ['identity', 'tokenMs', 'identity-timeout'],
    ['certificateRoute', 'backendMs', 'backend-timeout'],
  ] as const)('answers 504 naming a hanging %s after its time-out', async (which, setting, code) => {
    await start({ timeouts: { tokenMs: 3000, destinationMs: 3000, backendMs: 3000, [setting]: 150 } });
    services[which].handler = hang;
    const { status, result } = await run();
    expect([status, result.error?.code]).toEqual([504, code]);
  });

  it('keeps working with the token it has while Identity is down, says so, and recovers by itself', async () => {
    await start({ cacheAges: { tokenMs: 1000, destinationMs: 1000 } });
    await run();
    await services.identity.stop();
    await eventually(async () => {
      const { status, result } = await run();
      expect(status).toBe(200);
      return result.hops[1]?.cache === 'stale' && result.hops[1].failure?.code === 'identity-unreachable';
    });
    await services.identity.start();
    await eventually(async () => (await run()).result.hops[1]?.cache === 'hit');
  });

  it('says that the binding may be gone when Identity refuses the client', async () => {
    await start();
    services.identity.handler = (_request, res) =>
      sendJson(res, 401, { error: 'invalid_client', error_description: 'Client not found' });
    const { status, result } = await run();
    expect([status, result.error?.code]).toEqual([502, 'identity-client-refused']);
    expect(result.error?.message).toContain('401: invalid_client, Client not found');
    expect(result.error?.remedy).toContain('bind the service again');
  });

  it('uses a token that was issued before the binding was deleted', async () => {
    await start();
    await run();
    services.identity.handler = (_request, res) => sendJson(res, 401, { error: 'invalid_client' });
    expect((await run()).status).toBe(200);
  });

  it('fetches a token once more, once, after the backend has refused one', async () => {
    await start();
    await run();
    services.behaviour.refusedTokens.add(services.tokens.identity[0] ?? '');
    const { status, result } = await run();
    expect(status).toBe(200);
    expect(way(result.hops)).toEqual([...WHOLE_WAY.slice(0, 3), ...WHOLE_WAY.slice(1)]);
    expect(services.identity.requests).toHaveLength(2);
  });

  it('fetches no token a request while the backend refuses each of them', async () => {
    await start();
    services.certificateRoute.handler = (_request, res) =>
      sendJson(
        res,
        401,
        {},
        { 'www-authenticate': 'Bearer error="invalid_token", error_description="Another audience."' },
      );
    for (let round = 0; round < 4; round += 1) {
      const { status, result } = await run();
      expect([status, result.error?.code]).toEqual([502, 'backend-token-invalid']);
      expect(result.error?.remedy).toContain('IDENTITY_RESOURCE');
    }
    expect([services.identity.requests.length, services.certificateRoute.requests.length]).toEqual([2, 5]);
  });
});

describe('GET /homepage that cannot run', () => {
  interface Overview {
    readonly scenarios: readonly { readonly path: string; readonly state: Readonly<Record<string, unknown>> }[];
  }
  const state = async () => {
    const overview = (await (await app.get('/', { accept: 'application/json' })).json()) as Overview;
    return overview.scenarios.find(({ path }) => path === '/homepage')?.state;
  };

  it.each<[string, Parameters<typeof createConfig>[1], string, string, RegExp]>([
    [
      'nothing bound',
      { identity: undefined },
      'identity-not-bound',
      'not-bound',
      /cf bind-service frontendmtls clicreIas/,
    ],
    [
      'no address of the backend',
      { backendUrl: undefined },
      'backend-url-missing',
      'not-configured',
      /cf set-env frontendmtls BACKEND_URL/,
    ],
    [
      'the credential type NONE',
      { identity: { bindingName: 'clicreIas', client: { kind: 'public' } } },
      'identity-client-public',
      'not-configured',
      /cf unbind-service frontendmtls clicreIas/,
    ],
  ])(
    'answers 503 with %s and what to do, and the start page says it too',
    async (_what, change, code, kind, remedy) => {
      await start(change);
      const { status, result } = await run();
      expect([status, result.error?.code]).toEqual([503, code]);
      expect(result.error?.remedy).toMatch(remedy);
      expect(way(result.hops)).toEqual(WHOLE_WAY.slice(0, 1));
      const shown = await state();
      expect(shown?.['kind']).toBe(kind);
      expect(shown?.['bind'] ?? shown?.['remedy']).toMatch(remedy);
      expect(services.identity.requests).toHaveLength(0);
    },
  );

  it('leaves /app alone, and is left alone by it', async () => {
    await start({ identity: undefined, destination: createConfig(services).destination });
    expect((await app.run('/app')).status).toBe(200);
    await app.stop();
    await start();
    expect((await app.run('/app')).status).toBe(503);
    expect((await run()).status).toBe(200);
    expect(await state()).toEqual({ kind: 'ready' });
  });
});

describe('secrets of /homepage', () => {
  it.each(['certificate', 'secret'] as const)('(%s) turn up in no log, page or JSON', async (kind) => {
    await start({
      ...(kind === 'secret' && withSecret()),
      timeouts: { tokenMs: 500, destinationMs: 500, backendMs: 500 },
    });
    const told: string[] = [];
    const look = async (): Promise<void> => {
      for (const accept of ['text/html', 'application/json'])
        told.push(await (await app.get('/homepage', { accept })).text());
    };
    for (const handler of [echoBody, hang]) {
      services.identity.handler = handler;
      await look();
    }
    services.identity.reset();
    for (const handler of [echoToken, hang]) {
      services.certificateRoute.handler = handler;
      await look();
    }
    services.certificateRoute.reset();
    await look();
    expect(told.at(-1)?.includes('Backend app successfully called.')).toBe(true);
    const everything = `${app.log()}\n${told.join('\n')}`;
    expect(services.secrets().filter((secret) => everything.includes(secret))).toEqual([]);
    expect(everything.includes('PRIVATE KEY')).toBe(false);
  });

  const echoBody: Handler = ({ body }, res) =>
    sendJson(res, 400, { error: 'invalid_request', error_description: body });
  const echoToken: Handler = ({ headers }, res) => void res.writeHead(500).end(headers.authorization);
});
