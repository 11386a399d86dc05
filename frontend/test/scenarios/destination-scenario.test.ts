import type { Agent } from 'node:https';
import type { Hop } from '../../src/hops';
import type { CreateAgent } from '../../src/upstream/http-client';
import { openSockets } from '../support/open-sockets';
import { eventually, startApp, type RunningApp } from '../support/running-app';
import { cardOf, createConfig, keystoreEntry, startServices, targetClientId, type Services } from '../support/services';
import type { StandIn } from '../support/stand-in';
import type { Issued } from '../support/test-ca';

jest.setTimeout(20_000); // some wait for a cache to become a second old

let services: Services;
let app: RunningApp;
let old: Issued;
let agents: Agent[];

beforeAll(async () => {
  services = await startServices();
  old = await services.ca.issueClient({ subject: 'O=SAP SE,CN=before' });
});
beforeEach(() => {
  services.reset();
  agents = [];
});
afterEach(() => app.stop());
afterAll(() => services.stop());

const createAgent: CreateAgent = (options) => {
  const agent = services.createAgent(options);
  agents.push(agent);
  return agent;
};

async function start(route: StandIn, change?: Parameters<typeof createConfig>[1]): Promise<void> {
  services.behaviour.destination['URL'] = route.url;
  app = await startApp({ config: createConfig(services, { identity: undefined, ...change }), createAgent });
}

const way = (hops: readonly Hop[]) => hops.map(({ from, to }) => `${from} > ${to}`);
const call = (hops: readonly Hop[]) => hops.find(({ to }) => to === 'backend');
const pageSays = async (text: string) => (await (await app.get('/app')).text()).includes(text);

describe('a destination that names the certificate route', () => {
  it("is called with the keystore's certificate, and the hop shows it", async () => {
    await start(services.certificateRoute);
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(services.certificateRoute.requests[0]?.thumbprint).toBe(services.keystore.thumbprint);
    expect(call(result.hops)?.authentication).toEqual({ kind: 'bearer', 'x5t#S256': services.keystore.thumbprint });
    expect(result).not.toHaveProperty('notes');
    expect(await pageSays('bearer token and client certificate')).toBe(true);
  });

  it('is called once a request, without a handshake, once the caches are warm', async () => {
    await start(services.certificateRoute);
    await app.run();
    for (let round = 0; round < 5; round += 1) expect((await app.run()).status).toBe(200);
    expect([services.certificateRoute.requests.length, services.certificateRoute.handshakes]).toEqual([6, 1]);
    expect([services.xsuaaCertificate.requests.length, services.destinationService.requests.length]).toEqual([1, 2]);
    expect(agents).toHaveLength(2); // that of the binding, that of the keystore
  });

  it('is called with one token for 200 concurrent first requests', async () => {
    await start(services.certificateRoute);
    const answers = await Promise.all(Array.from({ length: 200 }, () => app.run()));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect([services.xsuaaCertificate.requests.length, services.destinationService.requests.length]).toEqual([1, 2]);
    expect(services.certificateRoute.handshakes).toBeLessThanOrEqual(32);
  });

  it('loses no request when the keystore is replaced, and destroys the connections of the old one', async () => {
    services.behaviour.certificates = [keystoreEntry(`${old.key}${old.chain}`)];
    services.behaviour.retrievedWith = old;
    await start(services.certificateRoute, { cacheAges: { tokenMs: 86_400_000, destinationMs: 1000 } });
    expect((await app.run()).result.certificate).toMatchObject(cardOf(old));
    services.behaviour.certificates = [keystoreEntry(`${services.keystore.key}${services.keystore.chain}`)];
    services.behaviour.retrievedWith = services.keystore;
    const used = new Set<string | undefined>();
    await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => app.run()));
      for (const { status, result } of answers) {
        expect(status).toBe(200);
        used.add(result.certificate?.['x5t#S256']);
      }
      return used.has(services.keystore.thumbprint);
    });
    await app.run();
    expect([...used]).toEqual([old.thumbprint, services.keystore.thumbprint]);
    expect(agents).toHaveLength(3);
    await eventually(() => openSockets(agents[1]) === 0);
    expect([openSockets(agents[0]) > 0, openSockets(agents[2]) > 0]).toEqual([true, true]);
  });

  it('says that the keystore has expired, rather than that the connection broke', async () => {
    const expired = await services.ca.issueClient({ days: -1 });
    services.behaviour.certificates = [keystoreEntry(`${expired.key}${expired.chain}`)];
    await start(services.certificateRoute);
    const { status, result } = await app.run();
    expect([status, result.error?.code]).toEqual([502, 'keystore-expired']);
    expect(services.certificateRoute.requests).toHaveLength(0);
  });
});

describe('a Destination Service that keeps the token of the last keystore', () => {
  beforeEach(() => {
    services.behaviour.retrievedWith = old;
  });

  it('makes the frontend fetch a token itself with the keystore, and say so', async () => {
    await start(services.certificateRoute);
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(way(result.hops)).toEqual([
      'browser > frontend',
      'frontend > xsuaa',
      'frontend > destination-service',
      'destination-service > xsuaa',
      'frontend > destination-service',
      'frontend > xsuaa',
      'frontend > backend',
      'backend > xsuaa',
    ]);
    expect(result.hops[3]?.authentication).toEqual({ kind: 'certificate', 'x5t#S256': old.thumbprint });
    expect(result.hops[5]).toMatchObject({
      purpose: 'token for the backend, bound to the keystore',
      authentication: { kind: 'certificate', 'x5t#S256': services.keystore.thumbprint },
      status: 200,
      cache: 'none',
    });
    expect(result.token?.claims['cnf']).toEqual({ 'x5t#S256': services.keystore.thumbprint });
    expect(result.notes?.map(({ code }) => code)).toEqual(['token-fetched-with-keystore']);
    expect(result.notes?.[0]?.reason).toContain(old.thumbprint);
    const request = services.xsuaaCertificate.requests[1];
    expect(new URLSearchParams(request?.body).get('client_id')).toBe(targetClientId);
    expect(request?.thumbprint).toBe(services.keystore.thumbprint);
    expect(await pageSays('it keeps tokens for hours')).toBe(true);
  });

  it('costs one token call more, once', async () => {
    await start(services.certificateRoute);
    await Promise.all(Array.from({ length: 50 }, () => app.run()));
    const { result } = await app.run();
    expect(result.hops[5]?.cache).toBe('hit');
    expect(result.notes).toHaveLength(1);
    expect([services.xsuaaCertificate.requests.length, services.destinationService.requests.length]).toEqual([2, 2]);
  });

  it('is left alone where the target is plain http, which no certificate is shown to', async () => {
    await start(services.backend);
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(result.token?.claims['cnf']).toEqual({ 'x5t#S256': old.thumbprint });
    expect(call(result.hops)?.authentication).toEqual({ kind: 'bearer' });
    expect(services.xsuaaCertificate.requests).toHaveLength(1);
  });

  it('is named with what is missing when the destination does not say how to fetch a token', async () => {
    services.behaviour.destination['tokenServiceURL'] = 'http://localhost/oauth/token';
    await start(services.certificateRoute);
    const { status, result } = await app.run();
    expect([status, result.error?.code]).toEqual([502, 'token-of-other-certificate']);
    expect(result.error?.hop).toEqual({ from: 'destination-service', to: 'xsuaa' });
    expect(result.hops[3]?.failure?.remedy).toContain('mtls destination deploy');
  });

  it('shows the refusal of the token service on the hop of this app', async () => {
    services.behaviour.destination['clientId'] = 'sb-other!t9';
    await start(services.certificateRoute);
    const { status, result } = await app.run();
    expect([status, result.error?.code]).toEqual([502, 'xsuaa-client-refused']);
    expect(result.error?.hop).toEqual({ from: 'frontend', to: 'xsuaa' });
    expect(result.error?.remedy).toContain('mtls cert extract');
    expect(result.hops.at(-1)?.failure?.code).toBe('xsuaa-client-refused');
  });

  it('gets a new token of its own, once, after the backend has refused the one before', async () => {
    await start(services.certificateRoute);
    await app.run();
    services.behaviour.refusedTokens.add(services.tokens.target[1] ?? '');
    const { status, result } = await app.run();
    expect(status).toBe(200);
    expect(result.hops.filter(({ failure }) => failure !== undefined)).toHaveLength(1);
    expect(services.xsuaaCertificate.requests).toHaveLength(3);
  });
});

describe('a bound token on a plain route', () => {
  it.each([
    ['plainRoute', 'cannot arrive on this route'],
    ['backend', 'over plain http'],
  ] as const)('is refused with the reason and both ways out (%s)', async (route, says) => {
    services.backend.handler = (request, res) => services.plainRoute.handler(request, res);
    await start(services[route]);
    const { status, result } = await app.run();
    expect(status).toBe(502);
    expect(result.error).toMatchObject({
      code: 'backend-certificate-missing',
      hop: { from: 'frontend', to: 'backend' },
    });
    expect(result.error?.message).toContain(says);
    expect(result.error?.message).toContain(services.keystore.thumbprint);
    expect(result.error?.remedy).toContain('mtls destination deploy --url');
    expect(result.error?.remedy).toContain('cf set-env backendmtls');
    expect(call(result.hops)?.authentication).toEqual({ kind: 'bearer' });
    expect(services[route].requests).toHaveLength(1); // no new token helps
    expect(await pageSays('certificate route')).toBe(true);
    expect(await pageSays('as a thief would send it')).toBe(true);
  });

  it('is accepted with the first request after the destination was corrected', async () => {
    await start(services.plainRoute);
    expect((await app.run()).status).toBe(502);
    services.behaviour.destination['URL'] = services.certificateRoute.url;
    expect((await app.run()).status).toBe(200);
  });

  it('makes no find a request while it is not corrected', async () => {
    await start(services.plainRoute);
    for (let round = 0; round < 5; round += 1) expect((await app.run()).status).toBe(502);
    expect(services.destinationService.requests).toHaveLength(4);
  });

  it('is no explanation for a token that is refused for another reason', async () => {
    services.plainRoute.handler = (request, res) => services.backend.handler(request, res);
    await start(services.plainRoute);
    await app.run();
    services.behaviour.refusedTokens.add(services.tokens.target[0] ?? '');
    services.behaviour.authTokens = [{ type: 'bearer', value: services.tokens.target[0], expires_in: '3600' }];
    expect((await app.run()).result.error?.code).toBe('backend-token-invalid');
  });
});
