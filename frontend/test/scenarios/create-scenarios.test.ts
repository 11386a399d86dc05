import type { Agent } from 'node:https';
import tls from 'node:tls';
import type { CreateAgent } from '../../src/upstream/http-client';
import { startOAuthServer, type OAuthServer } from '../support/oauth-server';
import { eventually, startApp, type RunningApp } from '../support/running-app';
import { createConfig, startServices, type Services } from '../support/services';
import type { Handler, StandIn } from '../support/stand-in';

/** Seconds of the life of a token; the frontend wants the next one when a quarter of it is left. */
const LIFETIME = 60;
const PERIOD_MS = 46_000;
const MAX_SOCKETS = 16;

let services: Services;
let server: OAuthServer;
let app: RunningApp;
let agents: Agent[];
let aheadMs: number;

beforeAll(async () => {
  services = await startServices();
  server = await startOAuthServer(services);
});
beforeEach(async () => {
  services.reset();
  server.reset();
  agents = [];
  aheadMs = 0;
  const machineNow = Date.now;
  // Before the app is there: its caches take the clock that they find.
  jest.spyOn(Date, 'now').mockImplementation(() => machineNow() + aheadMs);
  services.behaviour.destination['URL'] = services.certificateRoute.url;
  services.behaviour.serviceTokenLifetime = LIFETIME;
  services.behaviour.targetTokenLifetime = LIFETIME;
  server.behaviour.lifetime = LIFETIME;
  app = await startApp({
    config: createConfig(services, { oauth: server.clients(), maxSockets: MAX_SOCKETS }),
    createAgent,
  });
});
afterEach(async () => {
  await app.stop();
  jest.restoreAllMocks();
});
afterAll(async () => {
  await server.stop();
  await services.stop();
});

const createAgent: CreateAgent = (options) => {
  const agent = services.createAgent(options);
  agents.push(agent);
  return agent;
};

/** Each way to a token that is bound to a certificate, and what a first request on it costs each server. */
const ways = [
  ['/app', { xsuaa: 1, 'destination service': 2 }],
  ['/homepage', { identity: 1 }],
  ['/mtlsauth', { metadata: 1, 'authorization server': 1 }],
] as const;

const issuers = (): Readonly<Record<string, StandIn>> => ({
  xsuaa: services.xsuaaCertificate,
  'destination service': services.destinationService,
  identity: services.identity,
  metadata: server.plain,
  'authorization server': server.certificate,
});
const requestsOfIssuers = (): Record<string, number> =>
  Object.fromEntries(
    Object.entries(issuers())
      .map(([name, { requests }]) => [name, requests.length] as const)
      .filter(([, count]) => count > 0),
  );
const handshakes = (): number =>
  [...Object.values(issuers()), services.certificateRoute].reduce((sum, standIn) => sum + standIn.handshakes, 0);

/** Fails with the answer of the first request that did not succeed. */
async function runMany(path: string, count: number): Promise<unknown[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => app.run(path)));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  return answers.map(({ result }) => result.token?.claims['jti']);
}

describe.each(ways)('%s', (path, cost) => {
  it('costs one call a request once it is warm: no other call, no handshake, no agent and no TLS context', async () => {
    const createContext = jest.spyOn(tls, 'createSecureContext');
    await runMany(path, 1);
    expect(createContext).toHaveBeenCalled();
    const made = { agents: agents.length, contexts: createContext.mock.calls.length, handshakes: handshakes() };
    for (let count = 0; count < 20; count += 1) await runMany(path, 1);
    expect(requestsOfIssuers()).toEqual(cost);
    expect(services.certificateRoute.requests).toHaveLength(21);
    expect({ agents: agents.length, contexts: createContext.mock.calls.length, handshakes: handshakes() }).toEqual(
      made,
    );
    // More at once than there may be connections: more of those, and nothing else.
    await runMany(path, 64);
    expect(requestsOfIssuers()).toEqual(cost);
    expect(agents).toHaveLength(made.agents);
    expect(services.certificateRoute.handshakes).toBeLessThanOrEqual(MAX_SOCKETS);
  });
});

describe('tokens near their end, under requests that do not stop', () => {
  it.each([
    ['/app', () => services.xsuaaCertificate, { xsuaa: 1, 'destination service': 2 }],
    ['/homepage', () => services.identity, { identity: 1 }],
    ['/mtlsauth', () => server.certificate, { 'authorization server': 1 }],
  ] as const)('cost one token call a period on %s, for which no request waits', async (path, issuerOf, perPeriod) => {
    let [token] = await runMany(path, 10);
    const atFirst = requestsOfIssuers();
    for (let period = 1; period <= 3; period += 1) {
      const held = [holdBack(issuerOf()), ...(path === '/app' ? [holdBack(services.destinationService)] : [])];
      aheadMs += PERIOD_MS;
      // The issuer does not answer, and yet every request is answered: with the token that is there.
      for (let round = 0; round < 3; round += 1) expect(new Set(await runMany(path, 10))).toEqual(new Set([token]));
      await eventually(() => held.every((issuer) => issuer.waiting() > 0));
      for (const issuer of held) issuer.release();
      await eventually(async () => {
        const [next] = await runMany(path, 1);
        const isNew = next !== token;
        token = next;
        return isNew;
      });
      await runMany(path, 10);
      const spent = Object.entries(perPeriod).map(([name, count]) => [name, (atFirst[name] ?? 0) + period * count]);
      expect(requestsOfIssuers()).toEqual({ ...atFirst, ...Object.fromEntries(spent) });
    }
  });
});

/** Lets a server take requests, and answer them only when it is told to. */
function holdBack(standIn: StandIn): { waiting(): number; release(): void } {
  const { handler } = standIn;
  const held: (() => void)[] = [];
  const hold: Handler = async (request, res) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await handler(request, res);
  };
  standIn.handler = hold;
  return {
    waiting: () => held.length,
    release() {
      standIn.handler = handler;
      for (const resolve of held) resolve();
    },
  };
}
