import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkHealth } from '../../src/cf/health-check';

describe('checkHealth', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function listen(handler: RequestListener): Promise<number> {
    const server = createServer(handler).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function closedPort(): Promise<number> {
    const port = await listen(() => {});
    const server = servers.pop();
    server?.close();
    return port;
  }

  it('takes exactly 200 for healthy', async () => {
    const port = await listen((req, res) => void res.writeHead(req.url === '/health' ? 200 : 204).end());
    expect(await checkHealth({ type: 'http', httpEndpoint: '/health' }, port)).toBeUndefined();
    expect(await checkHealth({ type: 'http' }, port)).toMatch(
      new RegExp(`^Failed to make HTTP request to '/' on port ${port}: received status code 204 in \\d+ms$`),
    );
  });

  it('gives the app one second, or what the manifest says', async () => {
    const port = await listen(() => {});
    const began = performance.now();
    expect(await checkHealth({ type: 'http' }, port)).toMatch(/timed out after 1s$/);
    expect(performance.now() - began).toBeGreaterThan(990);
    expect(await checkHealth({ type: 'http', invocationTimeoutSeconds: 0.05 }, port)).toMatch(/timed out after 0.05s$/);
  });

  it('wants a port that accepts connections, and nothing more, for type port', async () => {
    const port = await listen((_, res) => void res.writeHead(500).end());
    expect(await checkHealth({ type: 'port' }, port)).toBeUndefined();
    const closed = await closedPort();
    expect(await checkHealth({ type: 'port' }, closed)).toBe(
      `Failed to make TCP connection to 127.0.0.1:${closed}: connection refused`,
    );
    expect(await checkHealth({ type: 'http' }, closed)).toMatch(/: connection refused$/);
  });

  it('is content with a living process for type process', async () => {
    expect(await checkHealth({ type: 'process' }, await closedPort())).toBeUndefined();
  });
});
