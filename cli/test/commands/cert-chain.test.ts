import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';

const folder = useTemporaryFolder();
let chain: TestChain;
let expired: TestCertificate;
let server: Server | undefined;
let received: Buffer[];
beforeAll(async () => {
  chain = await makeChain({ use: 'server' });
  expired = await issue({ name: 'CN=localhost', issuer: chain.intermediate, use: 'server', days: -0.0001 });
});
afterEach(async () => {
  if (server === undefined) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
  server = undefined;
});

async function serve(options: Partial<TlsOptions> = {}): Promise<string> {
  received = [];
  const { leaf, intermediate } = chain;
  server = createServer({ key: pkcs1(leaf.key), cert: leaf.pem + intermediate.pem, ...options }, (socket) => {
    socket.on('data', (data: Buffer) => received.push(data));
    socket.on('error', () => {});
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return `localhost:${(server.address() as AddressInfo).port}`;
}

const run = (...args: string[]): Promise<CliRun> => runInProcess(['cert', 'chain', ...args], { cwd: folder() });
const saved = (): string => readFileSync(join(folder(), 'certificate', 'localhost.pem'), 'utf8');
const writeRoot = (): string => {
  writeFileSync(join(folder(), 'root.pem'), chain.root.pem);
  return 'root.pem';
};

describe('mtls cert chain', () => {
  it('saves what a trusted server sends, and sends nothing itself', async () => {
    const { exitCode, out, err } = await run('--server', await serve(), '--ca', writeRoot());
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(saved()).toBe(chain.leaf.pem + chain.intermediate.pem);
    expect(out).toContain('by this computer');
    expect(out).toContain('does not ask for a client certificate');
    expect(received).toEqual([]);
  });

  it('saves what an untrusted server sends, says so, and sends nothing', async () => {
    const { exitCode, out } = await run('--server', await serve());
    expect(exitCode).toBe(1);
    expect(saved()).toBe(chain.leaf.pem + chain.intermediate.pem);
    expect(out).toContain('not by this computer');
    expect(out).toContain('"CN=Test Root CA"');
    expect(received).toEqual([]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('reads the order in which a server sends over %s', async (version) => {
    const { leaf, intermediate, root } = chain;
    const address = await serve({
      cert: leaf.pem + root.pem + intermediate.pem,
      minVersion: version,
      maxVersion: version,
    });
    const { exitCode, out } = await run('--server', address, '--ca', writeRoot());
    expect(exitCode).toBe(1);
    expect(saved()).toBe(leaf.pem + root.pem + intermediate.pem);
    expect(out).toMatch(/warning +chain-order/);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'reads a server that insists on a client certificate over %s',
    async (version) => {
      const address = await serve({
        requestCert: true,
        rejectUnauthorized: true,
        ca: chain.root.pem,
        minVersion: version,
        maxVersion: version,
      });
      const { exitCode, out } = await run('--json', '--server', `https://${address}/path`, '--ca', writeRoot());
      expect(exitCode).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        server: address,
        clientCertificate: 'requested',
        identities: [{ chain: [{ role: 'leaf', serverAuthentication: true }, { role: 'intermediate' }] }],
      });
      expect(saved()).toBe(chain.leaf.pem + chain.intermediate.pem);
    },
  );

  it('names an expired certificate', async () => {
    const address = await serve({ key: pkcs1(expired.key), cert: expired.pem + chain.intermediate.pem });
    const { exitCode, out } = await run('--server', address, '--ca', writeRoot());
    expect(exitCode).toBe(1);
    expect(out).toMatch(/error +server-certificate-expired/);
  });

  it('names the step at which a connection fails', async () => {
    const address = await serve();
    server?.close();
    await once(server as Server, 'close');
    server = undefined;
    const { exitCode, err } = await run('--server', address);
    expect(exitCode).toBe(1);
    expect(err).toContain('Nothing listens');
    expect(existsSync(join(folder(), 'certificate'))).toBe(false);
  });

  it.each([[[]], [['--server', 'http://plain']], [['--server', '']], [['--server', 'localhost:1', '--name', '../x']]])(
    'exits with 2 on wrong usage: %p',
    async (argv) => {
      expect(await run(...argv)).toMatchObject({ exitCode: 2, out: '' });
    },
  );
});
