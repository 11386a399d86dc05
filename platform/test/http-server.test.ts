import { once } from 'node:events';
import express from 'express';
import { Agent, get, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createHttpServer, drainServer } from '../src/http-server';

describe('createHttpServer', () => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    }
  });

  it('makes requests that have the prototypes of Express before Express sees them', async () => {
    const app = express();
    let prototypesSet = 0;
    app.get('/', (req, res) => {
      // Express sets the prototype to app.request: when that is what the object has, nothing happens.
      prototypesSet = [Object.getPrototypeOf(req) === app.request, Object.getPrototypeOf(res) === app.response].filter(
        Boolean,
      ).length;
      res.json({ host: req.hostname, accepts: req.accepts('html') });
    });
    const server = await listen(createHttpServer(app, app));
    const seen: boolean[] = [];
    server.prependListener('request', (req, res) => {
      seen.push(Object.getPrototypeOf(req) === app.request, Object.getPrototypeOf(res) === app.response);
    });
    const { status, body } = await request(server, '/');
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 200,
      body: { host: '127.0.0.1', accepts: 'html' },
    });
    expect(prototypesSet).toBe(2);
    expect(seen).toEqual([true, true]);
  });

  it('keeps an idle connection longer than the 90 s of the router', async () => {
    const server = await listen(createHttpServer(express(), express()));
    expect(server.keepAliveTimeout).toBeGreaterThan(90_000);
  });

  describe('drainServer', () => {
    it('answers the running request, and refuses new connections at once', async () => {
      const { server, release } = await slowServer();
      const agent = new Agent({ keepAlive: true });
      const running = request(server, '/slow', agent);
      await once(server, 'request');
      const { port } = server.address() as AddressInfo;
      const drained = drainServer(server, 5_000);
      await expect(connectTo(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      release();
      expect(await running).toMatchObject({ status: 200, body: 'done' });
      await drained;
      agent.destroy();
    });

    it('closes idle keep-alive connections at once', async () => {
      const { server } = await slowServer();
      const agent = new Agent({ keepAlive: true });
      await request(server, '/', agent);
      await drainServer(server, 60_000);
      expect(server.listening).toBe(false);
      agent.destroy();
    });

    it('tells a client whose next request is on its way that this connection ends', async () => {
      const { server, release } = await slowServer();
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      // The beginning of a second request keeps the connection from being idle after the first answer.
      socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n');
      await once(server, 'request');
      const drained = drainServer(server, 60_000);
      release();
      await once(socket, 'readable');
      socket.write('\r\n');
      const answers = (await text(socket)).split('HTTP/1.1 200 OK').slice(1);
      expect(answers.map((answer) => /^connection: (.*)$/im.exec(answer)?.[1]?.trim())).toEqual([
        'keep-alive',
        'close',
      ]);
      await drained;
    });

    it('cuts a request that does not end within the limit', async () => {
      const { server } = await slowServer();
      const running = request(server, '/slow');
      running.catch(() => undefined);
      await once(server, 'request');
      await drainServer(server, 50);
      await expect(running).rejects.toMatchObject({ code: 'ECONNRESET' });
    });
  });

  async function slowServer(): Promise<{ server: Server; release: () => void }> {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const app = express();
    app.get('/', (_req, res) => void res.send('quick'));
    app.get('/slow', (_req, res) => void released.then(() => res.send('done')));
    return { server: await listen(createHttpServer(app, app)), release: () => release() };
  }

  async function listen(server: Server): Promise<Server> {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }
});

async function request(server: Server, path: string, agent?: Agent) {
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: agent ?? false }, resolve).on('error', reject);
  });
  return { status: response.statusCode, body: await text(response) };
}

async function connectTo(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}
