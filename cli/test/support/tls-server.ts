import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
}

/** Starts https servers on free ports; all are stopped after each test. */
export function useTlsServers(): (options: TlsOptions, listener?: RequestListener) => Promise<TestServer> {
  const running: Server[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map(stop));
  });
  return async (options, listener = (_req, res) => void res.end('fine')) => {
    const server = createServer(options, listener);
    // Broken handshakes are what is tested here.
    server.on('tlsClientError', () => {});
    server.listen(0, 'localhost');
    await once(server, 'listening');
    running.push(server);
    const { port } = server.address() as AddressInfo;
    return { url: `https://localhost:${port}`, port, server };
  };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
