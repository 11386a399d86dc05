import { Agent } from 'node:https';
import tls from 'node:tls';
import { readClientCertificate, type ClientCertificate } from '../../src/tokens/client-certificate';
import { Connections, RotatingConnections } from '../../src/upstream/connections';
import type { CreateAgent, HttpAnswer } from '../../src/upstream/http-client';
import type { Upstream } from '../../src/upstream/upstream';
import { openSockets } from '../support/open-sockets';
import { eventually } from '../support/running-app';
import { sendJson, StandIn } from '../support/stand-in';
import { TestCa } from '../support/test-ca';

let ca: TestCa;
let server: StandIn;
let pairs: readonly ClientCertificate[];
let agents: Agent[];

beforeAll(async () => {
  ca = await TestCa.create();
  const tls = { server: await ca.issueServer(), clientCa: ca.rootPem };
  server = await StandIn.start({ tls, handler: (_request, res) => sendJson(res, 200, { ok: true }) });
  const issued = await Promise.all([ca.issueClient(), ca.issueClient()]);
  pairs = issued.map(({ chain, key }) => readClientCertificate({ certificate: chain, key }));
});
beforeEach(() => {
  agents = [];
  server.reset();
});
afterAll(() => server.stop());

const createAgent: CreateAgent = (options) => {
  const agent = new Agent({ ...options, ca: ca.rootPem });
  agents.push(agent);
  return agent;
};

const upstream: Upstream = {
  party: 'backend',
  name: 'the backend',
  addressFrom: 'x',
  timeoutMs: 5000,
  timeoutSetting: 'X',
};
const get = (connections: Connections): Promise<HttpAnswer> =>
  connections.backend.send(upstream, { method: 'GET', url: new URL(server.url), headers: {} });
const seen = (): (string | undefined)[] => server.requests.map(({ thumbprint }) => thumbprint);
const thumbprintOf = (index: number): string | undefined => pairs[index]?.card['x5t#S256'];

describe('Connections', () => {
  it('shows the certificate with both clients over one agent and one handshake, until they are closed', async () => {
    const connections = new Connections(pairs[0], { maxSockets: 4, createAgent });
    expect(connections.thumbprint).toBe(thumbprintOf(0));
    await get(connections);
    await connections.services.send(upstream, { method: 'GET', url: new URL(server.url), headers: {} });
    expect(seen()).toEqual([thumbprintOf(0), thumbprintOf(0)]);
    expect([agents.length, server.handshakes, openSockets(agents[0])]).toEqual([1, 1, 1]);
    connections.close();
    await eventually(() => openSockets(agents[0]) === 0);
  });

  it('shows none without a certificate', async () => {
    const connections = new Connections(undefined, { maxSockets: 4, createAgent });
    await get(connections);
    connections.close();
    expect(seen()).toEqual([undefined]);
  });
});

describe('the agent of a credential', () => {
  it('makes one TLS context, with the first connection and for all of them', async () => {
    const create = jest.spyOn(tls, 'createSecureContext');
    const connections = new Connections(pairs[0], { maxSockets: 4 });
    expect(create).not.toHaveBeenCalled();
    // This process does not trust the server: each request opens a connection of its own, and loses it.
    const calls = await Promise.allSettled([get(connections), get(connections), get(connections), get(connections)]);
    expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    expect(create).toHaveBeenCalledTimes(1);
    create.mockRestore();
    connections.close();
  });
});

describe('RotatingConnections', () => {
  it('keeps the connections as long as the certificate is the same, read anew or not', async () => {
    const rotating = new RotatingConnections({ maxSockets: 4, createAgent });
    const [pair] = pairs;
    const reread = pair && { ...pair, card: { ...pair.card } };
    expect(rotating.with(pair)).toBe(rotating.with(reread));
    expect(agents).toHaveLength(1);
    rotating.retire();
  });

  it('destroys the agent of the last certificate once another is in use', async () => {
    const rotating = new RotatingConnections({ maxSockets: 4, createAgent });
    await get(rotating.with(pairs[0]));
    expect(openSockets(agents[0])).toBe(1);
    await get(rotating.with(pairs[1]));
    await eventually(() => openSockets(agents[0]) === 0);
    expect(openSockets(agents[1])).toBe(1);
    expect(seen()).toEqual([thumbprintOf(0), thumbprintOf(1)]);
    rotating.retire();
    await eventually(() => openSockets(agents[1]) === 0);
  });

  it('loses no request that is under way, and leaves no connection of one that comes late', async () => {
    const rotating = new RotatingConnections({ maxSockets: 4, createAgent });
    const release: (() => void)[] = [];
    server.handler = (_request, res) => void release.push(() => sendJson(res, 200, {}));
    const old = rotating.with(pairs[0]);
    const inFlight = get(old);
    await eventually(() => release.length === 1);
    rotating.with(pairs[1]);
    release[0]?.();
    expect((await inFlight).status).toBe(200);
    server.reset();
    expect((await get(old)).status).toBe(200);
    await eventually(() => openSockets(agents[0]) === 0);
    rotating.retire();
  });

  it('leaves no connection of a request that learns its certificate only after the retirement', async () => {
    const rotating = new RotatingConnections({ maxSockets: 4, createAgent });
    await get(rotating.with(pairs[0]));
    rotating.retire();
    await eventually(() => openSockets(agents[0]) === 0);
    for (const pair of [pairs[0], pairs[1]]) expect((await get(rotating.with(pair))).status).toBe(200);
    await eventually(() => agents.every((agent) => openSockets(agent) === 0));
    expect(seen()).toEqual([thumbprintOf(0), thumbprintOf(0), thumbprintOf(1)]);
  });

  it('goes from a certificate to none, and back', async () => {
    const rotating = new RotatingConnections({ maxSockets: 4, createAgent });
    for (const pair of [pairs[0], undefined, pairs[0]]) await get(rotating.with(pair));
    expect(seen()).toEqual([thumbprintOf(0), undefined, thumbprintOf(0)]);
    rotating.retire();
  });
});
