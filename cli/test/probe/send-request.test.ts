import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { formatName } from '../../src/pki/certificate';
import { readIdentity, type ClientIdentity } from '../../src/pki/keystore';
import { HopFailure, type Hop } from '../../src/probe/hop';
import { sendRequest, type Answer, type OutgoingRequest } from '../../src/probe/send-request';
import { itWith } from '../support/openssl';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';

const startServer = useTlsServers();
let chain: TestChain;
let other: Omit<TestChain, 'intermediate'>;
let own: TestCertificate;
let identity: ClientIdentity;

beforeAll(async () => {
  chain = await makeChain();
  const stranger = await issue({ name: 'CN=Unknown CA' });
  const leaf = await issue({ name: 'CN=stranger', issuer: stranger, use: 'client' });
  other = { root: stranger, leaf, certificate: leaf.pem + stranger.pem, key: pkcs1(leaf.key) };
  own = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server' });
  identity = readIdentity(chain);
});

const serverKeys = () => ({ key: pkcs1(own.key), cert: own.pem });
const asks = () => ({ ...serverKeys(), ca: chain.root.pem, requestCert: true, rejectUnauthorized: false });

async function send(url: string, options: Partial<OutgoingRequest> = {}): Promise<{ answer: Answer; hops: Hop[] }> {
  const hops: Hop[] = [];
  const answer = await sendRequest({
    url: new URL(url),
    party: 'target',
    method: 'GET',
    timeoutMs: 5_000,
    trusted: [chain.root.pem],
    now: Date.now,
    recordHop: (hop) => hops.push(hop),
    ...options,
  });
  return { answer, hops };
}

async function findingOf(url: string, options: Partial<OutgoingRequest> = {}) {
  try {
    await send(url, options);
  } catch (error) {
    if (error instanceof HopFailure) return error.finding;
    throw error;
  }
  throw new Error('the call did not fail');
}

/** Not by spawnSync: the server that it talks to is in this process. */
async function runOpenssl(args: readonly string[]): Promise<string> {
  const child = spawn('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  return text(child.stdout);
}

describe('sendRequest', () => {
  it('returns the answer and records each step', async () => {
    const { url } = await startServer(serverKeys(), (req, res) => {
      res.statusCode = 418;
      res.end(`${req.method} ${req.url} ${req.headers.host}`);
    });
    const { answer, hops } = await send(`${url}/a?b=c`, { method: 'POST', body: 'x' });
    expect(answer.status).toBe(418);
    expect(answer.body.toString()).toBe(`POST /a?b=c ${new URL(url).host}`);
    expect(hops.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'DNS ok',
      'TCP ok',
      'TLS ok',
      'client certificate ok',
      'answer failed',
    ]);
    expect(hops.at(-1)?.text).toBe("POST /a: 418 I'm a Teapot");
  });

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
    const only = { minVersion: version, maxVersion: version };

    it('sees that the server asks for a client certificate, and of which CAs', async () => {
      const { url } = await startServer({ ...asks(), ...only, rejectUnauthorized: true });
      const { answer } = await send(url, { identity });
      expect(answer.flight?.clientCertificate).toBe('requested');
      expect(answer.flight?.acceptedAuthorities).toHaveLength(1);
      expect(answer.flight?.certificates.map(({ subject }) => subject)).toEqual(['CN=localhost', 'CN=Test Root CA']);
    });

    itWith('openssl', ['version'])('agrees with openssl on what the server asks for', async () => {
      const { url, port } = await startServer({ ...asks(), ...only });
      const { answer } = await send(url);
      const flag = version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3';
      const said = await runOpenssl(['s_client', '-connect', `localhost:${port}`, flag]);
      expect(said).toContain(
        `Acceptable client certificate CA names\n${formatName(chain.root.certificate.subject).replace('=', ' = ')}`,
      );
      expect(answer.flight?.acceptedAuthorities[0]?.toString('latin1')).toContain('Test Root CA');
    });

    it('sees that the server does not ask for one', async () => {
      const { url } = await startServer({ ...serverKeys(), ...only });
      expect((await send(url, { identity })).answer.flight?.clientCertificate).toBe('not-requested');
    });

    it('says that a certificate is missing where the server insists on one', async () => {
      const { url } = await startServer({ ...asks(), ...only, rejectUnauthorized: true });
      expect(await findingOf(url)).toMatchObject({ code: 'client-certificate-missing', severity: 'error' });
    });

    it('names the CA that the server does not know', async () => {
      const { url } = await startServer({ ...asks(), ...only, rejectUnauthorized: true });
      const finding = await findingOf(url, { identity: readIdentity(other) });
      expect(finding.code).toBe('client-certificate-unknown-ca');
      expect(finding.message).toContain('Unknown CA');
    });

    it('says that the certificate has expired', async () => {
      const { url } = await startServer({ ...asks(), ...only, rejectUnauthorized: true });
      const expired = await issue({ name: 'CN=old', issuer: chain.intermediate, use: 'client', days: 0 });
      const pair = { certificate: expired.pem + chain.intermediate.pem, key: pkcs1(expired.key) };
      expect(await findingOf(url, { identity: readIdentity(pair) })).toMatchObject({
        code: 'client-certificate-expired',
      });
    });

    it('says that the certificate is no client certificate', async () => {
      const { url } = await startServer({ ...asks(), ...only, rejectUnauthorized: true });
      const pair = { certificate: own.pem + chain.root.pem, key: pkcs1(own.key) };
      expect(await findingOf(url, { identity: readIdentity(pair) })).toMatchObject({
        code: 'client-certificate-usage',
      });
    });

    it.each<readonly [string, () => Promise<TestCertificate>]>([
      ['server-certificate-expired', () => issue({ name: 'CN=localhost', issuer: chain.root, use: 'server', days: 0 })],
      ['server-certificate-untrusted', () => issue({ name: 'CN=localhost', issuer: other.root, use: 'server' })],
      [
        'server-certificate-host',
        () => issue({ name: 'CN=elsewhere', issuer: chain.root, use: 'server', host: 'elsewhere.example' }),
      ],
    ])('finds %s', async (code, make) => {
      const certificate = await make();
      const { url } = await startServer({ key: pkcs1(certificate.key), cert: certificate.pem, ...only });
      const finding = await findingOf(url);
      expect(finding).toMatchObject({ code, where: 'target, TLS' });
      expect(finding.message).toMatch(/CN=|elsewhere\.example/);
    });
  });

  it('says that a server does not send its intermediate certificate', async () => {
    const leaf = await issue({ name: 'CN=localhost', issuer: chain.intermediate, use: 'server' });
    const { url } = await startServer({ key: pkcs1(leaf.key), cert: leaf.pem });
    const finding = await findingOf(url);
    expect(finding.code).toBe('server-certificate-untrusted');
    expect(finding.message).toContain('issued by "CN=Test Client CA"');
    expect(finding.remedy).toContain('does not send its intermediate');
  });

  it('reads the handshake of a server that demands another key share', async () => {
    const { url } = await startServer({ ...asks(), ecdhCurve: 'secp521r1', minVersion: 'TLSv1.3' });
    expect((await send(url)).answer.flight).toMatchObject({ version: 'TLSv1.3', clientCertificate: 'requested' });
  });

  it.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])(
    'reads the handshake under %s',
    async (ciphers) => {
      const { url } = await startServer({ ...asks(), ciphers, minVersion: 'TLSv1.3' });
      expect((await send(url)).answer.flight?.clientCertificate).toBe('requested');
    },
  );

  it('names a closed port', async () => {
    const { url, server } = await startServer(serverKeys());
    server.close();
    expect(await findingOf(url)).toMatchObject({ code: 'tcp-refused', where: 'target, TCP' });
  });

  it('names a host that does not exist', async () => {
    expect((await findingOf('https://host.invalid')).code).toMatch(/^dns-un(resolved|available)$/);
  });

  it('tells https from http, both ways', async () => {
    const plain = createHttpServer((_req, res) => void res.end());
    plain.listen(0, 'localhost');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    expect(await findingOf(`https://localhost:${port}`)).toMatchObject({ code: 'plain-http-port' });
    plain.close();
    const { url } = await startServer(serverKeys());
    expect((await findingOf(url.replace('https', 'http'))).code).toMatch(/^(tls-port|connection-cut)$/);
  });

  it.each([
    ['answers the connection with silence', 'TLS', () => {}],
    ['ends the connection at once', 'TLS', (socket: Socket) => socket.end()],
  ])('names a port that %s', async (_, step, listener) => {
    const server = createServer(listener);
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const finding = await findingOf(`https://localhost:${port}`, { timeoutMs: 300 });
    expect(finding).toMatchObject({
      code: expect.stringMatching(/^(timeout|connection-cut)$/),
      where: `target, ${step}`,
    });
    server.close();
  });

  it('says that there is no answer within the time allowed', async () => {
    const { url } = await startServer(serverKeys(), () => {});
    expect(await findingOf(url, { timeoutMs: 300 })).toMatchObject({
      code: 'timeout',
      where: 'target, answer',
      message: expect.stringContaining('within 0.3 s'),
    });
  });

  it('refuses an answer of more than 5 MB', async () => {
    const { url } = await startServer(serverKeys(), (_req, res) => void res.end(Buffer.alloc(6_000_000)));
    expect(await findingOf(url)).toMatchObject({ code: 'answer-too-long' });
  });
});
