import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { CertificateAuthority, type IssuedClient } from '../../src/ca/certificate-authority';
import { Journal } from '../../src/journal';
import { parseRouteName, type RouteName } from '../../src/router/route-name';
import { Router } from '../../src/router/router';
import { findPortBase } from '../support/port-base';

const DAY_MS = 86_400_000;

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An app that answers with the request as it arrived. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: Record<string, string>;
  readonly body: string;
}

const echo: RequestListener = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const { method, url, headers, rawHeaders } = req;
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString() }));
  });
};

// Keys and handshakes take their time where everything else runs at once.
jest.setTimeout(30_000);

describe('Router', () => {
  const servers: Server[] = [];
  let folder: string;
  let ca: CertificateAuthority;
  let client: IssuedClient;
  let journal: Journal;
  let router: Router;
  let accessLog: string[];
  /** How far the landscape's clock runs ahead of the machine's. */
  let aheadMs: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'router-test-'));
    ca = await CertificateAuthority.open({ stateFolder: join(folder, 'state'), now: Date.now });
    client = await issueClient(ca);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    journal = new Journal();
    accessLog = [];
    aheadMs = 0;
    router = new Router({
      settings: { portBase: await findPortBase(), now },
      journal,
      server: await ca.issueServer(),
      rootPem: ca.rootPem,
    });
  });

  afterEach(async () => {
    await router.stop();
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  /** Maps a route to instances of an app and returns where the route is reached. */
  async function map(
    name: string,
    ...handlers: RequestListener[]
  ): Promise<{ readonly port: number; readonly url: string }> {
    const address = await router.add(routeName(name));
    const ports = await Promise.all(handlers.map((handler) => listen(handler)));
    router.setTargets(name, { mapped: true, endpoints: ports.map(toEndpoint) });
    return address;
  }

  function toEndpoint(port: number, index: number) {
    return {
      port,
      index,
      instanceId: `instance-${index}`,
      applicationId: 'app-guid',
      onAccess: (line: string) => void accessLog.push(line),
    };
  }

  async function listen(handler: RequestListener): Promise<number> {
    const server = createServer(handler).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  describe('on a plain route', () => {
    it('gives the first route the first port and passes method, path, body and end-to-end headers on', async () => {
      const { url } = await map('backend-x.cfapps.test.example', echo);
      const answer = await send(`${url}/a/b?c=d`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'x-own': 'kept' },
        body: 'hello',
      });
      expect(answer.status).toBe(200);
      const seen = readSeen(answer);
      expect(seen).toMatchObject({ method: 'POST', url: '/a/b?c=d', body: 'hello' });
      expect(seen.headers).toMatchObject({ 'content-type': 'text/plain', 'x-own': 'kept', 'content-length': '5' });
      expect(url).toBe(`http://localhost:${router.address('backend-x.cfapps.test.example')?.port}`);
    });

    it('sets host and the forwarding headers, whatever the client claims', async () => {
      const { url, port } = await map('backend-x.cfapps.test.example', echo);
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
      const { port } = await map('backend-x.cfapps.test.example', echo);
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
      await map('backend-x.cert.cfapps.test.example', echo);
      const { url } = await map('backend-x.cfapps.test.example', echo);
      const answer = await send(url, {
        headers: { host: 'backend-x.cert.cfapps.test.example', 'x-forwarded-client-cert': 'MIIB' },
      });
      const { headers } = readSeen(answer);
      expect(headers['host']).toBe('backend-x.cfapps.test.example');
      expect(headers).not.toHaveProperty('x-forwarded-client-cert');
    });

    it('drops the headers that Connection declares and frames a chunked body anew', async () => {
      const { port } = await map('backend-x.cfapps.test.example', echo);
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
      const { url } = await map('backend-x.cfapps.test.example', (_, res) => {
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
      const { url } = await map('backend-x.cfapps.test.example', (_, res) => {
        res.writeHead(204, { 'set-cookie': ['a=1', 'b=2'] }).end();
      });
      const answer = await send(url);
      expect(answer.status).toBe(204);
      expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    });

    it('takes healthy instances in turn', async () => {
      const { url } = await map('f-x.cfapps.test.example', named('a'), named('b'));
      const bodies = [];
      for (let count = 0; count < 4; count += 1) bodies.push((await send(url)).body);
      expect(bodies.sort()).toEqual(['a', 'a', 'b', 'b']);
    });

    it('keeps a client with a JSESSIONID at its instance, and only that client', async () => {
      const login: RequestListener = (_, res) => {
        res.setHeader('set-cookie', 'JSESSIONID=abc; Path=/; Secure; HttpOnly');
        res.end();
      };
      const { url } = await map('f-x.cfapps.test.example', login, login);
      const cookies = (await send(url)).headers['set-cookie'] ?? [];
      expect(cookies[1]).toMatch(/^__VCAP_ID__=instance-[01]; Path=\/; HttpOnly; Secure$/);
      const cookie = cookies.map((value) => value.split(';')[0]).join('; ');
      const chosen = /instance-([01])/.exec(cookie)?.[1];
      for (let count = 0; count < 4; count += 1) {
        await send(url, { headers: { cookie } });
        expect(accessLog.at(-1)).toContain(`app_index:"${chosen}"`);
      }
      await send(url, { headers: { cookie: '__VCAP_ID__=instance-0' } });
      await send(url, { headers: { cookie: '__VCAP_ID__=instance-0' } });
      const [first = '', second = ''] = accessLog.slice(-2).map((line) => /app_index:"(\d)"/.exec(line)?.[1]);
      expect(first).not.toBe(second);
    });

    it('answers 404 unknown_route while no app is mapped', async () => {
      const { url } = await router.add(routeName('none.cfapps.test.example'));
      const answer = await send(url);
      expect(answer).toMatchObject({
        status: 404,
        body: "404 Not Found: Requested route ('none.cfapps.test.example') does not exist.\n",
      });
      expect(answer.headers['x-cf-routererror']).toBe('unknown_route');
    });

    it('answers 503 no_endpoints while no instance is healthy', async () => {
      const { url } = await map('down.cfapps.test.example');
      const answer = await send(url);
      expect(answer.status).toBe(503);
      expect(answer.headers['x-cf-routererror']).toBe('no_endpoints');
    });

    it('answers 502 endpoint_failure when the instance closes the connection without an answer', async () => {
      const { url } = await map('bad.cfapps.test.example', (req) => void req.socket.destroy());
      const answer = await send(url, { method: 'POST', body: 'x' });
      expect(answer).toMatchObject({
        status: 502,
        body: '502 Bad Gateway: Registered endpoint failed to handle the request.\n',
      });
      expect(answer.headers['x-cf-routererror']).toBe('endpoint_failure');
    });

    it('tries another instance when one refuses the connection, and loses no body by that', async () => {
      const { url } = await map('f-x.cfapps.test.example', echo);
      const alive = accessPort();
      const closed = await closedPort();
      router.setTargets('f-x.cfapps.test.example', { mapped: true, endpoints: [closed, alive].map(toEndpoint) });
      for (let count = 0; count < 4; count += 1) {
        const answer = await send(url, { method: 'POST', body: 'kept' });
        expect(answer.status).toBe(200);
        expect(readSeen(answer).body).toBe('kept');
      }
    });

    it('cuts the answer off when the app does, instead of ending it as if it were complete', async () => {
      const { url } = await map('bad.cfapps.test.example', (_, res) => {
        res.writeHead(200, { 'content-length': '10' });
        res.write('half', () => res.destroy());
      });
      await expect(send(url)).rejects.toThrow(/aborted|hang up/);
    });

    it('answers 501 to a WebSocket handshake, and ignores other upgrades', async () => {
      const { url } = await map('f-x.cfapps.test.example', echo);
      const webSocket = await send(url, { headers: { connection: 'upgrade', upgrade: 'websocket' } });
      expect(webSocket.status).toBe(501);
      const h2c = await send(url, { headers: { connection: 'upgrade', upgrade: 'h2c' } });
      expect(h2c.status).toBe(200);
      expect(readSeen(h2c).headers).not.toHaveProperty('upgrade');
    });

    it('serves only what lies below the path of a route with a path', async () => {
      const { url } = await map('f-x.cfapps.test.example/shop', echo);
      expect(url).toMatch(/\/shop$/);
      expect((await send(`${url}/item?x=1`)).status).toBe(200);
      expect((await send(`${url}?x=1`)).status).toBe(200);
      expect((await send(`${url}ping`)).status).toBe(404);
      expect((await send(new URL('/', url).href)).status).toBe(404);
    });

    it('writes the access log without values of the query that may be secret', async () => {
      const { url } = await map('f-x.cfapps.test.example', echo);
      await send(`${url}/callback?code=very-secret`);
      expect(accessLog).toHaveLength(1);
      expect(accessLog[0]).toMatch(
        /^f-x\.cfapps\.test\.example - \[\S+Z\] "GET \/callback\?code=… HTTP\/1\.1" 200 0 \d+ /,
      );
    });
  });

  describe('on a certificate route', () => {
    it('passes the leaf of the handshake on as one line of base64 DER, and what it says of it', async () => {
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const answer = await sendTls(port, { client });
      const { headers } = readSeen(answer);
      expect(headers['x-forwarded-client-cert']).toBe(client.leaf.raw.toString('base64'));
      expect(headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-ssl-client': '1', 'x-ssl-client-verify': '0' });
      expect(decode(headers['x-ssl-client-subject-cn'])).toBe('router-test');
      expect(decode(headers['x-ssl-client-subject-dn'])).toMatch(/^\/C=DE\/.*CN=router-test$/);
      expect(decode(headers['x-ssl-client-root-ca-dn'])).toContain(
        new X509Certificate(ca.rootPem).subject.split('\n').at(-1),
      );
      expect(headers['x-ssl-client-notafter']).toMatch(/^\d{12}Z$/);
    });

    it('replaces what the client claims about certificates', async () => {
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const spoofed = { 'x-forwarded-client-cert': ['MIIB', 'MIIC'], 'x-ssl-client-subject-cn': 'YQ==' };
      const { rawHeaders, headers } = readSeen(await sendTls(port, { client, headers: spoofed }));
      const count = rawHeaders.filter((name) => name.toLowerCase() === 'x-forwarded-client-cert').length;
      expect(count).toBe(1);
      expect(headers['x-forwarded-client-cert']).toBe(client.leaf.raw.toString('base64'));
      expect(decode(headers['x-ssl-client-subject-cn'])).toBe('router-test');
    });

    it('passes nothing on when the client presents no certificate', async () => {
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const { headers } = readSeen(await sendTls(port, { headers: { 'x-forwarded-client-cert': ['MIIB'] } }));
      expect(Object.keys(headers).filter((name) => name.includes('client'))).toEqual([]);
    });

    it('drops a certificate of another CA and notes why', async () => {
      const foreign = await CertificateAuthority.open({ stateFolder: join(folder, 'foreign'), now: Date.now });
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const { headers } = readSeen(await sendTls(port, { client: await issueClient(foreign) }));
      expect(headers).not.toHaveProperty('x-forwarded-client-cert');
      expect(notes()).toEqual(["The client's certificate was dropped: SELF_SIGNED_CERT_IN_CHAIN."]);
    });

    it('passes a self-signed certificate on when it is trusted, and then that one alone', async () => {
      const [own, other] = [await makeSelfSigned('own'), await makeSelfSigned('other')];
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      expect(readSeen(await sendTls(port, { client: own })).headers).not.toHaveProperty('x-forwarded-client-cert');
      router.trustClient(own.leaf);
      const { headers } = readSeen(await sendTls(port, { client: own }));
      expect(headers['x-forwarded-client-cert']).toBe(own.leaf.raw.toString('base64'));
      expect(decode(headers['x-ssl-client-root-ca-dn'])).toBe('/CN=own');
      expect(readSeen(await sendTls(port, { client: other })).headers).not.toHaveProperty('x-forwarded-client-cert');
      aheadMs = 400 * DAY_MS;
      expect(readSeen(await sendTls(port, { client: own })).headers).not.toHaveProperty('x-forwarded-client-cert');
      aheadMs = -DAY_MS;
      expect(readSeen(await sendTls(port, { client: own })).headers).not.toHaveProperty('x-forwarded-client-cert');
      expect(notes().map((note) => note?.split(': ')[1] ?? 'passed on')).toEqual([
        'DEPTH_ZERO_SELF_SIGNED_CERT.',
        'passed on',
        'DEPTH_ZERO_SELF_SIGNED_CERT.',
        'CERT_HAS_EXPIRED.',
        'CERT_NOT_YET_VALID.',
      ]);
    });

    it('drops an expired certificate and notes why', async () => {
      const past = await CertificateAuthority.open({
        stateFolder: join(folder, 'state'),
        now: () => Date.now() - 9 * DAY_MS,
      });
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const { headers } = readSeen(await sendTls(port, { client: await issueClient(past) }));
      expect(headers).not.toHaveProperty('x-forwarded-client-cert');
      expect(notes()).toEqual(["The client's certificate was dropped: CERT_HAS_EXPIRED."]);
    });

    describe("when the landscape's clock runs eight days ahead of the machine's", () => {
      beforeEach(() => {
        aheadMs = 8 * DAY_MS;
      });

      it.each(['TLSv1.2', 'TLSv1.3'] as const)(
        'passes on what is valid by it, on resumed %s sessions too',
        async (version) => {
          const ahead = await CertificateAuthority.open({ stateFolder: join(folder, 'state'), now });
          const early = await issueClient(ahead);
          const { port } = await map('backend-x.cert.cfapps.test.example', echo);
          const agent = new Agent({ keepAlive: false, maxVersion: version, maxCachedSessions: 1 });
          for (let count = 0; count < 2; count += 1) {
            const { headers } = readSeen(await sendTls(port, { client: early, agent }));
            expect(headers['x-forwarded-client-cert']).toBe(early.leaf.raw.toString('base64'));
          }
        },
      );

      it('drops what is not valid any more by it', async () => {
        const { port } = await map('backend-x.cert.cfapps.test.example', echo);
        const { headers } = readSeen(await sendTls(port, { client }));
        expect(headers).not.toHaveProperty('x-forwarded-client-cert');
        expect(notes()).toEqual(["The client's certificate was dropped: CERT_HAS_EXPIRED."]);
      });

      it('drops an early certificate of another CA', async () => {
        const foreign = await CertificateAuthority.open({ stateFolder: join(folder, 'foreign'), now });
        const { port } = await map('backend-x.cert.cfapps.test.example', echo);
        const { headers } = readSeen(await sendTls(port, { client: await issueClient(foreign) }));
        expect(headers).not.toHaveProperty('x-forwarded-client-cert');
      });
    });

    it.each(['TLSv1.2', 'TLSv1.3'] as const)('knows the certificate of a resumed %s session', async (version) => {
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const agent = new Agent({ keepAlive: false, maxVersion: version, maxCachedSessions: 1 });
      for (let count = 0; count < 2; count += 1) {
        const { headers } = readSeen(await sendTls(port, { client, agent }));
        expect(headers['x-forwarded-client-cert']).toBe(client.leaf.raw.toString('base64'));
      }
      const handshakes = journal.entries('router').filter((entry) => entry.kind === 'handshake');
      expect(handshakes.map((entry) => entry.kind === 'handshake' && entry.resumed)).toEqual([false, true]);
    });

    it('refuses to renegotiate, so that a connection keeps its certificate', async () => {
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const socket = connectTls({ host: 'localhost', port, ca: ca.rootPem, maxVersion: 'TLSv1.2' });
      await once(socket, 'secureConnect');
      const error = await new Promise((resolve) => {
        socket.once('error', resolve);
        socket.renegotiate({ rejectUnauthorized: true }, resolve);
      });
      expect(String(error)).toMatch(/renegotiation/i);
      socket.destroy();
    });

    it('is understood by openssl and curl as outside clients', async () => {
      const { port } = await map('backend-x.cert.cfapps.test.example', echo);
      const files = { cert: join(folder, 'client.crt'), key: join(folder, 'client.key'), ca: join(folder, 'ca.crt') };
      await writeFile(files.cert, client.certificate);
      await writeFile(files.key, client.key);
      await writeFile(files.ca, ca.rootPem);
      const tls = ['--cacert', files.ca, '--cert', files.cert, '--key', files.key];
      const { stdout } = await promisify(execFile)('curl', ['-sS', ...tls, `https://localhost:${port}/x`]);
      const { headers } = JSON.parse(stdout) as Seen;
      expect(headers['x-forwarded-client-cert']).toBe(client.leaf.raw.toString('base64'));
      const { stdout: hello } = await promisify(execFile)('bash', [
        '-c',
        `openssl s_client -connect localhost:${port} -CAfile ${files.ca} </dev/null 2>&1`,
      ]);
      expect(hello).toContain('Verify return code: 0 (ok)');
      // The handshake names the CA whose certificates are welcome.
      expect(hello).toMatch(/Acceptable client certificate CA names[\s\S]*CN ?= ?/);
    });

    it('gives further certificate routes ports of their own, away from those of the services', async () => {
      const first = await map('a-x.cert.cfapps.test.example', named('a'));
      const second = await map('b-x.cert.cfapps.test.example', named('b'));
      expect(second.port - first.port).toBe(8);
      expect((await sendTls(second.port, { client })).body).toBe('b');
    });
  });

  it('frees the port of a removed route for the next one', async () => {
    const { port } = await map('a.cfapps.test.example', echo);
    await router.remove('a.cfapps.test.example');
    await expect(send(`http://localhost:${port}`)).rejects.toThrow(/ECONNREFUSED/);
    expect((await router.add(routeName('b.cfapps.test.example'))).port).toBe(port);
  });

  it('rejects a route whose port another program uses, and can add it afterwards', async () => {
    const { port } = await router.add(routeName('a.cfapps.test.example'));
    await router.remove('a.cfapps.test.example');
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(router.add(routeName('a.cfapps.test.example'))).rejects.toThrow(
      `Port ${port}, for the route a.cfapps.test.example, is in use by another program.`,
    );
    other.close();
    await once(other, 'close');
    expect((await router.add(routeName('a.cfapps.test.example'))).port).toBe(port);
  });

  it('shows a fault on routes that exist and on later ones', async () => {
    const before = await map('a.cfapps.test.example', echo);
    router.setFault({ kind: 'status', status: 503 });
    const after = await map('b.cfapps.test.example', echo);
    expect([(await send(before.url)).status, (await send(after.url)).status]).toEqual([503, 503]);
    router.setFault(undefined);
    expect([(await send(before.url)).status, (await send(after.url)).status]).toEqual([200, 200]);
  });

  function now(): number {
    return Date.now() + aheadMs;
  }

  function accessPort(): number {
    const server = servers.at(-1);
    if (server === undefined) throw new Error('No app listens.');
    return (server.address() as AddressInfo).port;
  }

  function notes(): (string | undefined)[] {
    return journal.entries('router').flatMap((entry) => (entry.kind === 'request' ? [entry.note] : []));
  }

  async function makeSelfSigned(name: string): Promise<IssuedClient> {
    const [keyFile, certificateFile] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-days', '365'];
    await promisify(execFile)('openssl', [...made, '-keyout', keyFile, '-out', certificateFile]);
    const [key, certificate] = [await readFile(keyFile, 'utf8'), await readFile(certificateFile, 'utf8')];
    return { key, certificate, leaf: new X509Certificate(certificate) };
  }

  function sendTls(
    port: number,
    options: {
      readonly client?: IssuedClient;
      readonly headers?: Record<string, string | string[]>;
      readonly agent?: Agent;
    },
  ): Promise<Answer> {
    const { client: identity, headers = {}, agent = new Agent() } = options;
    return new Promise((resolve, reject) => {
      httpsRequest({
        host: 'localhost',
        port,
        headers,
        agent,
        ca: ca.rootPem,
        ...(identity && { cert: identity.certificate, key: identity.key }),
      })
        .once('error', reject)
        .once('response', (response) => void readAnswer(response).then(resolve, reject))
        .end();
    });
  }
});

describe('parseRouteName', () => {
  it.each([
    ['app.cfapps.eu10.hana.ondemand.com', { host: 'app', domain: 'cfapps.eu10.hana.ondemand.com', certificate: false }],
    ['App.cert.CFAPPS.eu10.hana.ondemand.com/x', { host: 'app', path: '/x', certificate: true }],
    ['*.cert.cfapps.example', { host: '*', certificate: true }],
    ['cert.cfapps.example', { host: 'cert', certificate: false }],
    ['app.certain.example', { certificate: false }],
  ])('reads %s', (text, expected) => {
    expect(parseRouteName(text)).toMatchObject(expected);
  });

  it.each(['app', '', '.example', 'https://app.example', 'app.example?x', 'a b.example', 'app.example:8080'])(
    'refuses %p',
    (text) => {
      expect(parseRouteName(text)).toBeUndefined();
    },
  );
});

function routeName(text: string): RouteName {
  const name = parseRouteName(text);
  if (name === undefined) throw new Error(`${text} is no route.`);
  return name;
}

function named(name: string): RequestListener {
  return (_, res) => void res.end(name);
}

function issueClient(ca: CertificateAuthority): Promise<IssuedClient> {
  return ca.issueClient({ commonName: 'router-test', locality: 'test', keyLength: 2048, validityDays: 7 });
}

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

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  return { status: response.statusCode ?? 0, headers: response.headers, body: await readBody(response) };
}

async function readBody(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}

/** Sends these very lines and reads the echo of the app. */
async function sendRaw(port: number, lines: readonly string[]): Promise<Seen> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Seen;
}

function readSeen(answer: Answer): Seen {
  return JSON.parse(answer.body) as Seen;
}

function decode(value: string | undefined): string {
  return Buffer.from(value ?? '', 'base64').toString();
}
