import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Failure } from '../../src/failure';
import { findProxy } from '../../src/probe/proxy';
import { HopFailure } from '../../src/probe/hop';
import { sendRequest } from '../../src/probe/send-request';
import { issue, pkcs1, type TestCertificate } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';

const startServer = useTlsServers();
const find = (url: string, environment: Record<string, string>) => findProxy(new URL(url), environment);
const HTTPS_PROXY = 'http://proxy.example:3128';

describe('findProxy', () => {
  it('takes HTTPS_PROXY, with user and password', () => {
    expect(find('https://a.example', { https_proxy: 'u:p%40@proxy.example' })).toEqual({
      host: 'proxy.example',
      port: 80,
      authorization: `Basic ${Buffer.from('u:p@').toString('base64')}`,
    });
    expect(find('https://a.example', { HTTPS_PROXY })).toEqual({ host: 'proxy.example', port: 3128 });
  });

  it.each([
    ['https://localhost:5443', ''],
    ['https://127.0.0.1', ''],
    ['https://[::1]:1', ''],
    ['http://a.example', ''],
    ['https://a.example', '*'],
    ['https://a.example', 'b.example, a.example'],
    ['https://x.a.example', '.a.example'],
    ['https://a.example:8443', 'a.example:8443'],
  ])('calls %s directly with NO_PROXY=%s', (url, NO_PROXY) => {
    expect(find(url, { HTTPS_PROXY, NO_PROXY })).toBeUndefined();
  });

  it.each(['nota.example', 'a.example:444', 'example.a'])('does not take NO_PROXY=%s for it', (NO_PROXY) => {
    expect(find('https://a.example', { HTTPS_PROXY, NO_PROXY })).toBeDefined();
  });

  it.each(['socks5://proxy.example', 'http://'])('refuses %s', (address) => {
    expect(() => find('https://a.example', { HTTPS_PROXY: address })).toThrow(Failure);
  });
});

describe('a call through a proxy', () => {
  let own: TestCertificate;
  let root: TestCertificate;
  let proxy: Server;
  let asked: string[];

  beforeAll(async () => {
    root = await issue({ name: 'CN=Root' });
    own = await issue({ name: 'CN=api.example', issuer: root, use: 'server', host: 'api.example' });
  });
  afterEach(() => void proxy.close());

  /** Tunnels to `port` whatever host it is asked for, or answers with `refusal`. */
  async function startProxy(port: number, refusal?: string): Promise<number> {
    asked = [];
    proxy = createServer((socket: Socket) => {
      socket.on('error', () => {});
      socket.once('data', (head) => {
        asked.push(head.toString());
        if (refusal !== undefined) {
          socket.end(refusal);
          return;
        }
        const onward = connect(port, 'localhost');
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
        onward.on('error', () => {});
      });
    });
    proxy.listen(0, 'localhost');
    await once(proxy, 'listening');
    return (proxy.address() as AddressInfo).port;
  }

  const call = (proxyPort: number) =>
    sendRequest({
      url: new URL('https://api.example/x'),
      party: 'target',
      method: 'GET',
      timeoutMs: 5_000,
      trusted: [root.pem],
      proxy: { host: 'localhost', port: proxyPort, authorization: 'Basic dTpw' },
      now: Date.now,
    });

  it('goes through the tunnel and verifies the server at its end', async () => {
    const { port } = await startServer({ key: pkcs1(own.key), cert: own.pem });
    const answer = await call(await startProxy(port));
    expect(answer.body.toString()).toBe('fine');
    expect(asked[0]).toMatch(/^CONNECT api\.example:443 HTTP\/1\.1\r\n[^]*Proxy-Authorization: Basic dTpw/);
  });

  it('names the proxy that refuses', async () => {
    const failed = call(await startProxy(0, 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    await expect(failed).rejects.toThrow(HopFailure);
    await expect(failed).rejects.toMatchObject({ finding: { code: 'proxy-refused', where: 'target, proxy' } });
  });
});
