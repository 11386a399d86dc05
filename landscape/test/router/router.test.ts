import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import {
  echo,
  named,
  readAnswer,
  readBody,
  readSeen,
  routeName,
  RunningRouter,
  type Answer,
  type Seen,
} from './running-router';

// Keys and handshakes take their time where everything else runs at once.
jest.setTimeout(30_000);

describe('Router', () => {
  let folder: string;
  let ca: CertificateAuthority;
  let running: RunningRouter;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'router-test-'));
    ca = await CertificateAuthority.open({ stateFolder: join(folder, 'state'), now: Date.now });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    running = await RunningRouter.start(ca);
  });

  afterEach(() => running.stop());

  describe('on a plain route', () => {
    it('gives the first route the first port and passes method, path, body and end-to-end headers on', async () => {
      const { url } = await running.map('backend-x.cfapps.test.example', echo);
      const answer = await send(`${url}/a/b?c=d`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'x-own': 'kept' },
        body: 'hello',
      });
      expect(answer.status).toBe(200);
      const seen = readSeen(answer);
      expect(seen).toMatchObject({ method: 'POST', url: '/a/b?c=d', body: 'hello' });
      expect(seen.headers).toMatchObject({ 'content-type': 'text/plain', 'x-own': 'kept', 'content-length': '5' });
      expect(url).toBe(`http://localhost:${running.router.address('backend-x.cfapps.test.example')?.port}`);
    });

    it('sets host and the forwarding headers, whatever the client claims', async () => {
      const { url, port } = await running.map('backend-x.cfapps.test.example', echo);
      const answer = await send(url, {
        headers: {
          'x-forwarded-host': 'evil.example',
          'x-forwarded-proto': 'https',
          'x-vcap-request-id': 'mine',
          'x-forwarded-for': '203.0.113.7',
        },
      });
      const { headers } = readSeen(answer);
      expect(headers).toMatchObject({
        host: 'backend-x.cfapps.test.example',
        'x-forwarded-host': `localhost:${port}`,
        'x-forwarded-proto': 'http',
        'x-forwarded-for': '203.0.113.7, 127.0.0.1',
        'x-cf-applicationid': 'app-guid',
        'x-cf-instanceindex': '0',
      });
      expect(headers['x-vcap-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers['x-vcap-request-id']).toBe(headers['x-vcap-request-id']);
    });

    it('deletes every header that tells of a client certificate, in any spelling and number', async () => {
      const { port } = await running.map('backend-x.cfapps.test.example', echo);
      const seen = await sendRaw(port, [
        'GET / HTTP/1.1',
        'Host: x',
        'X-Forwarded-Client-Cert: MIIB',
        'x-forwarded-client-cert: MIIC',
        'X_FORWARDED_CLIENT_CERT: MIID',
        'X-SSL-Client-Verify: 0',
        'x-ssl-client: 1',
        'X-Ssl-Client-Subject-CN: YQ==',
        'x_ssl_client_cert: x',
        'X-Forwarded-Client-Certificate: another name',
        'Connection: close',
      ]);
      const names = seen.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
      expect(names.filter((name) => /client/.test(name))).toEqual(['x-forwarded-client-certificate']);
    });

    it('decides by the listener: the host header of a certificate route changes nothing', async () => {
      await running.map('backend-x.cert.cfapps.test.example', echo);
      const { url } = await running.map('backend-x.cfapps.test.example', echo);
      const answer = await send(url, {
        headers: { host: 'backend-x.cert.cfapps.test.example', 'x-forwarded-client-cert': 'MIIB' },
      });
      const { headers } = readSeen(answer);
      expect(headers).toMatchObject({ host: 'backend-x.cfapps.test.example', 'x-forwarded-proto': 'http' });
      expect(headers).not.toHaveProperty('x-forwarded-client-cert');
    });

    it('drops the headers that Connection declares and frames a chunked body anew', async () => {
      const { port } = await running.map('backend-x.cfapps.test.example', echo);
      const seen = await sendRaw(port, [
        'DELETE /x HTTP/1.1',
        'Host: x',
        'Connection: close, X-Secret-Hop',
        'X-Secret-Hop: 1',
        'Transfer-Encoding: chunked',
        '',
        '5',
        'hello',
        '0',
        '',
      ]);
      expect(seen.headers).not.toHaveProperty('x-secret-hop');
      expect(seen.headers['transfer-encoding']).toBe('chunked');
      expect(seen.body).toBe('hello');
    });

    it('streams: the first bytes of an answer arrive while the app still holds the rest', async () => {
      let finish = (): void => {};
      const { url } = await running.map('backend-x.cfapps.test.example', (_, res) => {
        res.write('first');
        finish = () => res.end('last');
      });
      const [response] = (await once(request(url).end(), 'response')) as [IncomingMessage];
      const [chunk] = (await once(response, 'data')) as [Buffer];
      expect(chunk.toString()).toBe('first');
      finish();
      expect(await readBody(response)).toBe('last');
    });

    it('keeps several set-cookie headers of an answer apart', async () => {
      const { url } = await running.map('backend-x.cfapps.test.example', (_, res) => {
        res.writeHead(204, { 'set-cookie': ['a=1', 'b=2'] }).end();
      });
      const answer = await send(url);
      expect(answer.status).toBe(204);
      expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    });

    it('takes healthy instances in turn', async () => {
      const { url } = await running.map('f-x.cfapps.test.example', named('a'), named('b'));
      const bodies = [];
      for (let count = 0; count < 4; count += 1) bodies.push((await send(url)).body);
      expect(bodies.sort()).toEqual(['a', 'a', 'b', 'b']);
    });

    it('keeps a client with a JSESSIONID at its instance, and only that client', async () => {
      const login: RequestListener = (_, res) => {
        res.setHeader('set-cookie', 'JSESSIONID=abc; Path=/; Secure; HttpOnly');
        res.end();
      };
      const { url } = await running.map('f-x.cfapps.test.example', login, login);
      const cookies = (await send(url)).headers['set-cookie'] ?? [];
      expect(cookies[1]).toMatch(/^__VCAP_ID__=instance-[01]; Path=\/; HttpOnly; Secure$/);
      const cookie = cookies.map((value) => value.split(';')[0]).join('; ');
      const chosen = /instance-([01])/.exec(cookie)?.[1];
      for (let count = 0; count < 4; count += 1) {
        await send(url, { headers: { cookie } });
        expect(running.accessLog.at(-1)).toContain(`app_index:"${chosen}"`);
      }
      await send(url, { headers: { cookie: '__VCAP_ID__=instance-0' } });
      await send(url, { headers: { cookie: '__VCAP_ID__=instance-0' } });
      const [first = '', second = ''] = running.accessLog.slice(-2).map((line) => /app_index:"(\d)"/.exec(line)?.[1]);
      expect(first).not.toBe(second);
    });

    it('answers 404 unknown_route while no app is mapped', async () => {
      const { url } = await running.router.add(routeName('none.cfapps.test.example'));
      const answer = await send(url);
      expect(answer).toMatchObject({
        status: 404,
        body: "404 Not Found: Requested route ('none.cfapps.test.example') does not exist.\n",
      });
      expect(answer.headers['x-cf-routererror']).toBe('unknown_route');
    });

    it('answers 503 no_endpoints while no instance is healthy', async () => {
      const { url } = await running.map('down.cfapps.test.example');
      const answer = await send(url);
      expect(answer.status).toBe(503);
      expect(answer.headers['x-cf-routererror']).toBe('no_endpoints');
    });

    it('answers 502 endpoint_failure when the instance closes the connection without an answer', async () => {
      const { url } = await running.map('bad.cfapps.test.example', (req) => void req.socket.destroy());
      const answer = await send(url, { method: 'POST', body: 'x' });
      expect(answer).toMatchObject({
        status: 502,
        body: '502 Bad Gateway: Registered endpoint failed to handle the request.\n',
      });
      expect(answer.headers['x-cf-routererror']).toBe('endpoint_failure');
    });

    it('tries another instance when one refuses the connection, and loses no body by that', async () => {
      const { url } = await running.map('f-x.cfapps.test.example', echo);
      const alive = running.appPort();
      const closed = await closedPort();
      running.setPorts('f-x.cfapps.test.example', [closed, alive]);
      for (let count = 0; count < 4; count += 1) {
        const answer = await send(url, { method: 'POST', body: 'kept' });
        expect(answer.status).toBe(200);
        expect(readSeen(answer).body).toBe('kept');
      }
    });

    it('cuts the answer off when the app does, instead of ending it as if it were complete', async () => {
      const { url } = await running.map('bad.cfapps.test.example', (_, res) => {
        res.writeHead(200, { 'content-length': '10' });
        res.write('half', () => res.destroy());
      });
      await expect(send(url)).rejects.toThrow(/aborted|hang up/);
    });

    it('answers 501 to a WebSocket handshake, and ignores other upgrades', async () => {
      const { url } = await running.map('f-x.cfapps.test.example', echo);
      const webSocket = await send(url, { headers: { connection: 'upgrade', upgrade: 'websocket' } });
      expect(webSocket.status).toBe(501);
      const h2c = await send(url, { headers: { connection: 'upgrade', upgrade: 'h2c' } });
      expect(h2c.status).toBe(200);
      expect(readSeen(h2c).headers).not.toHaveProperty('upgrade');
    });

    it('serves only what lies below the path of a route with a path', async () => {
      const { url } = await running.map('f-x.cfapps.test.example/shop', echo);
      expect(url).toMatch(/\/shop$/);
      expect((await send(`${url}/item?x=1`)).status).toBe(200);
      expect((await send(`${url}?x=1`)).status).toBe(200);
      expect((await send(`${url}ping`)).status).toBe(404);
      expect((await send(new URL('/', url).href)).status).toBe(404);
    });

    it('writes the access log without values of the query that may be secret', async () => {
      const { url } = await running.map('f-x.cfapps.test.example', echo);
      await send(`${url}/callback?code=very-secret`);
      expect(running.accessLog).toHaveLength(1);
      expect(running.accessLog[0]).toMatch(
        /^f-x\.cfapps\.test\.example - \[\S+Z\] "GET \/callback\?code=… HTTP\/1\.1" 200 0 \d+ /,
      );
    });
  });

  it('frees the port of a removed route for the next one', async () => {
    const { port } = await running.map('a.cfapps.test.example', echo);
    await running.router.remove('a.cfapps.test.example');
    await expect(send(`http://localhost:${port}`)).rejects.toThrow(/ECONNREFUSED/);
    expect((await running.router.add(routeName('b.cfapps.test.example'))).port).toBe(port);
  });

  it('rejects a route whose port another program uses, and can add it afterwards', async () => {
    const { port } = await running.router.add(routeName('a.cfapps.test.example'));
    await running.router.remove('a.cfapps.test.example');
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(running.router.add(routeName('a.cfapps.test.example'))).rejects.toThrow(
      `Port ${port}, for the route a.cfapps.test.example, is in use by another program.`,
    );
    other.close();
    await once(other, 'close');
    expect((await running.router.add(routeName('a.cfapps.test.example'))).port).toBe(port);
  });

  it('shows a fault on routes that exist and on later ones', async () => {
    const before = await running.map('a.cfapps.test.example', echo);
    running.router.setFault({ kind: 'status', status: 503 });
    const after = await running.map('b.cfapps.test.example', echo);
    expect([(await send(before.url)).status, (await send(after.url)).status]).toEqual([503, 503]);
    running.router.setFault(undefined);
    expect([(await send(before.url)).status, (await send(after.url)).status]).toEqual([200, 200]);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function send(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { method: options.method ?? 'GET', headers: options.headers ?? {} })
      .once('error', reject)
      .once('response', (response) => void readAnswer(response).then(resolve, reject))
      .end(options.body);
  });
}

/** Sends these very lines and reads the echo of the app. */
async function sendRaw(port: number, lines: readonly string[]): Promise<Seen> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Seen;
}
