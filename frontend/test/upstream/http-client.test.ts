import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { readClientCertificate } from '../../src/tokens/client-certificate';
import { Connections } from '../../src/upstream/connections';
import type { CreateAgent, HttpAnswer, HttpClient } from '../../src/upstream/http-client';
import { createNodeClient } from '../../src/upstream/node-client';
import { UpstreamError, type Upstream } from '../../src/upstream/upstream';
import { hang, listenBelowEphemeral, sendJson, StandIn } from '../support/stand-in';
import { TestCa, type Issued } from '../support/test-ca';

let ca: TestCa;
let client: Issued;
let server: StandIn;
let plain: StandIn;
const others: StandIn[] = [];
const rawServers: Server[] = [];
const rawSockets: Socket[] = [];

beforeAll(async () => {
  ca = await TestCa.create();
  client = await ca.issueClient();
  const tls = { server: await ca.issueServer(), clientCa: ca.rootPem };
  server = await StandIn.start({ tls, handler: (_request, res) => sendJson(res, 200, { ok: true }) });
  plain = await StandIn.start({ handler: (_request, res) => sendJson(res, 200, { ok: true }) });
});
afterEach(async () => {
  for (const standIn of [server, plain]) standIn.reset();
  for (const standIn of others.splice(0)) await standIn.stop();
  for (const raw of rawServers.splice(0)) raw.close();
  for (const socket of rawSockets.splice(0)) socket.destroy();
});
afterAll(() => Promise.all([server.stop(), plain.stop()]));

const upstream = (timeoutMs = 3000): Upstream => ({
  party: 'backend',
  name: 'the backend',
  addressFrom: 'URL of the destination "d"',
  timeoutMs,
  timeoutSetting: 'BACKEND_TIMEOUT_MS',
});

const trusting: CreateAgent = (options) => new Agent({ ...options, ca: ca.rootPem });

/** A server that does with each connection what the test says. */
async function startRaw(onConnection: (socket: Socket) => void): Promise<number> {
  const raw = createServer((socket) => {
    rawSockets.push(socket);
    socket.on('error', () => undefined); // the client may hang up
    onConnection(socket);
  });
  rawServers.push(raw);
  return listenBelowEphemeral(raw);
}

const kinds = {
  axios: { member: 'services', limitBytes: 1_048_576 },
  node: { member: 'backend', limitBytes: 131_072 },
} as const;

describe.each(['axios', 'node'] as const)('the %s client', (kind) => {
  const { member, limitBytes } = kinds[kind];
  let connections: Connections;
  let http: HttpClient;
  const open = (createAgent: CreateAgent): void => {
    connections = new Connections(undefined, { maxSockets: 4, createAgent });
    http = connections[member];
  };
  beforeEach(() => open(trusting));
  afterEach(() => connections.close());

  const get = (url: string, timeoutMs?: number, headers = {}): Promise<HttpAnswer> =>
    http.send(upstream(timeoutMs), { method: 'GET', url: new URL(url), headers });

  async function failure(url: string, timeoutMs?: number): Promise<UpstreamError> {
    const settled = await get(url, timeoutMs).catch((error: unknown) => error);
    if (settled instanceof UpstreamError) return settled;
    throw new Error(`not an UpstreamError: ${inspect(settled)}`);
  }

  it('returns status, headers and text of any answer and follows no redirect', async () => {
    server.handler = (_request, res) => void res.writeHead(302, { location: '/x', 'X-Two': ['a', 'b'] }).end('moved');
    const answer = await get(`${server.url}/a?b=c`, 3000, { authorization: 'Bearer t' });
    expect(answer).toMatchObject({ status: 302, text: 'moved', headers: { location: '/x', 'x-two': 'a, b' } });
    expect(server.requests[0]).toMatchObject({ method: 'GET', url: '/a?b=c', headers: { authorization: 'Bearer t' } });
    expect(server.requests).toHaveLength(1);
  });

  it('keeps its connection: ten calls, one handshake', async () => {
    for (let call = 0; call < 10; call += 1) await get(server.url);
    expect([server.requests.length, server.handshakes]).toEqual([10, 1]);
  });

  it('decodes UTF-8 across chunks', async () => {
    server.handler = (_request, res) => {
      const bytes = Buffer.from('Jörg');
      res.write(bytes.subarray(0, 2));
      setImmediate(() => res.end(bytes.subarray(2)));
    };
    expect((await get(server.url)).text).toBe('Jörg');
  });

  it('sends a body', async () => {
    await http.send(upstream(), {
      method: 'POST',
      url: new URL(server.url),
      headers: { 'content-type': 'text/plain' },
      body: 'ä=1',
    });
    expect(server.requests[0]).toMatchObject({ method: 'POST', body: 'ä=1' });
  });

  it('says that nothing listens', async () => {
    const free = await startRaw(() => undefined);
    await new Promise((resolve) => rawServers.pop()?.close(resolve));
    expect(await failure(`https://localhost:${free}`)).toMatchObject({
      code: 'backend-unreachable',
      status: 502,
      description: `The backend at https://localhost:${free} accepts no connections.`,
      remedy: 'Check that it is running and that URL of the destination "d" is right.',
    });
  });

  it('says that a name does not resolve', async () => {
    expect(await failure('https://nowhere.invalid')).toMatchObject({ code: 'backend-host-unknown', status: 502 });
  });

  it('says that the connection was lost, whether before or amid the answer', async () => {
    const before = await startRaw((socket) => socket.once('data', () => socket.destroy()));
    expect(await failure(`http://localhost:${before}`)).toMatchObject({ code: 'backend-connection-lost', status: 502 });
    const amid = await startRaw((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
      }),
    );
    expect(await failure(`http://localhost:${amid}`)).toMatchObject({ code: 'backend-connection-lost', status: 502 });
  });

  it.each([
    ['the answer does not begin', () => (server.handler = hang)],
    ['the answer does not end', () => (server.handler = (_request, res) => void res.writeHead(200).write('half'))],
  ])('gives up at the time-out when %s', async (_what, prepare) => {
    prepare();
    expect(await failure(server.url, 100)).toMatchObject({
      code: 'backend-timeout',
      status: 504,
      remedy: 'Try again; where it is slow by nature, raise BACKEND_TIMEOUT_MS (milliseconds).',
    });
  });

  it('gives up at the time-out when the handshake hangs, and when bytes keep trickling in', async () => {
    const mute = await startRaw(() => undefined);
    expect((await failure(`https://localhost:${mute}`, 100)).code).toBe('backend-timeout');
    const trickle = await startRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect((await failure(`http://localhost:${trickle}`, 200)).code).toBe('backend-timeout');
  });

  it('trusts nobody but the known authorities', async () => {
    connections.close();
    open((options) => new Agent(options));
    const error = await failure(server.url);
    expect(error).toMatchObject({ code: 'backend-untrusted', status: 502 });
    expect(error.remedy).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('refuses the certificate of another host and an expired one', async () => {
    for (const [options, says] of [
      [{ hosts: ['other.example'] }, 'for another host'],
      [{ days: -1 }, 'expired'],
    ] as const) {
      const odd = await StandIn.start({ tls: { server: await ca.issueServer(options) }, handler: hang });
      others.push(odd);
      const error = await failure(odd.url);
      expect(error).toMatchObject({ code: 'backend-untrusted', status: 502 });
      expect(error.description).toContain(says);
    }
  });

  it('says that https was asked of a port that speaks http', async () => {
    expect(await failure(plain.url.replace('http:', 'https:'))).toMatchObject({ code: 'backend-no-tls', status: 502 });
  });

  it('says that http was asked of a port that may want https', async () => {
    const error = await failure(server.url.replace('https:', 'http:'));
    expect(error.remedy).toContain('https');
    expect(error.description).toMatch(/closed the connection|no HTTP/);
  });

  it('says that the server refused the handshake for want of a certificate, in TLS 1.3 and 1.2', async () => {
    const { key, chain: cert } = await ca.issueServer();
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
      const strict = createTlsServer({
        key,
        cert,
        ca: ca.rootPem,
        requestCert: true,
        rejectUnauthorized: true,
        maxVersion,
      });
      rawServers.push(strict);
      const port = await listenBelowEphemeral(strict);
      const error = await failure(`https://localhost:${port}`);
      expect(error).toMatchObject({ code: 'backend-handshake-refused', status: 502 });
      expect(error.description).toMatch(/\((certificate required|handshake failure)\)/);
    }
  });

  it('says that the other side speaks no HTTP', async () => {
    const odd = await startRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(await failure(`http://localhost:${odd}`)).toMatchObject({ code: 'backend-no-http', status: 502 });
  });

  it('reads no endless answer', async () => {
    server.handler = (_request, res) => void res.writeHead(200).end(Buffer.alloc(limitBytes + 1));
    expect(await failure(server.url)).toMatchObject({ code: 'backend-answer-too-large', status: 502 });
    server.handler = (_request, res) => void res.writeHead(200).end(Buffer.alloc(limitBytes, 'a'));
    expect((await get(server.url)).text).toHaveLength(limitBytes);
  });

  it('sends once more on a new connection when the server has just closed the kept one', async () => {
    let connections = 0;
    const port = await startRaw((socket) => {
      connections += 1;
      const first = connections === 1;
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (first && requests === 2) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const url = `http://localhost:${port}`;
    expect((await get(url)).text).toBe('ok');
    expect((await get(url)).text).toBe('ok');
    expect(connections).toBe(2);
  });
});

describe('the axios client of a credential with a certificate', () => {
  it('shows it to a server that asks', async () => {
    const certificate = readClientCertificate({ certificate: client.chain, key: client.key });
    const connections = new Connections(certificate, { maxSockets: 1, createAgent: trusting });
    await connections.services.send(upstream(), { method: 'GET', url: new URL(server.url), headers: {} });
    connections.close();
    expect(server.requests[0]?.thumbprint).toBe(client.thumbprint);
  });

  it('fails with an error that holds neither the key nor the body nor the agent', async () => {
    const certificate = readClientCertificate({ certificate: client.chain, key: client.key });
    const connections = new Connections(certificate, { maxSockets: 1, createAgent: trusting });
    server.handler = hang;
    const request = { method: 'POST', url: new URL(server.url), headers: {}, body: 'client_secret=abc' } as const;
    const error: unknown = await connections.services.send(upstream(100), request).catch((thrown: unknown) => thrown);
    connections.close();
    const text = `${inspect(error, { depth: 20, showHidden: true })}${JSON.stringify(error)}`;
    expect(error).toBeInstanceOf(UpstreamError);
    expect(text).not.toContain(client.key.split('\n')[1]);
    expect(text).not.toContain('client_secret');
    expect(text).not.toContain('Agent');
  });
});

describe('the node client', () => {
  it('reads no more than it may', async () => {
    const agents = { http: new HttpAgent(), https: trusting({}) };
    const http = createNodeClient({ ...agents, answerLimitBytes: 10 });
    server.handler = (_request, res) => void res.writeHead(200).end('12345678901');
    const sent = http.send(upstream(), { method: 'GET', url: new URL(server.url), headers: {} });
    await expect(sent).rejects.toMatchObject({
      code: 'backend-answer-too-large',
      description: expect.stringContaining('10 bytes') as string,
    });
    agents.https.destroy();
  });
});
