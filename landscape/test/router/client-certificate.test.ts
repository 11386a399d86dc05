import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { CertificateAuthority, type IssuedClient } from '../../src/ca/certificate-authority';
import {
  echo,
  issueClient,
  named,
  readAnswer,
  readSeen,
  RunningRouter,
  type Answer,
  type Seen,
} from './running-router';

const DAY_MS = 86_400_000;

// Keys and handshakes take their time where everything else runs at once.
jest.setTimeout(30_000);

describe('Router, on a certificate route', () => {
  let folder: string;
  let ca: CertificateAuthority;
  let client: IssuedClient;
  let running: RunningRouter;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'router-test-'));
    ca = await CertificateAuthority.open({ stateFolder: join(folder, 'state'), now: Date.now });
    client = await issueClient(ca);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    running = await RunningRouter.start(ca);
  });

  afterEach(() => running.stop());

  it('passes the leaf of the handshake on as one line of base64 DER, and what it says of it', async () => {
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
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
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
    const spoofed = { 'x-forwarded-client-cert': ['MIIB', 'MIIC'], 'x-ssl-client-subject-cn': 'YQ==' };
    const { rawHeaders, headers } = readSeen(await sendTls(port, { client, headers: spoofed }));
    const count = rawHeaders.filter((name) => name.toLowerCase() === 'x-forwarded-client-cert').length;
    expect(count).toBe(1);
    expect(headers['x-forwarded-client-cert']).toBe(client.leaf.raw.toString('base64'));
    expect(decode(headers['x-ssl-client-subject-cn'])).toBe('router-test');
  });

  it('passes nothing on when the client presents no certificate', async () => {
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
    const { headers } = readSeen(await sendTls(port, { headers: { 'x-forwarded-client-cert': ['MIIB'] } }));
    expect(Object.keys(headers).filter((name) => name.includes('client'))).toEqual([]);
  });

  it('drops a certificate of another CA and notes why', async () => {
    const foreign = await CertificateAuthority.open({ stateFolder: join(folder, 'foreign'), now: Date.now });
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
    const { headers } = readSeen(await sendTls(port, { client: await issueClient(foreign) }));
    expect(headers).not.toHaveProperty('x-forwarded-client-cert');
    expect(running.notes()).toEqual(["The client's certificate was dropped: SELF_SIGNED_CERT_IN_CHAIN."]);
  });

  it('passes a self-signed certificate on when it is trusted, and then that one alone', async () => {
    const [own, other] = [await makeSelfSigned('own'), await makeSelfSigned('other')];
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
    expect(readSeen(await sendTls(port, { client: own })).headers).not.toHaveProperty('x-forwarded-client-cert');
    running.router.trustClient(own.leaf);
    const { headers } = readSeen(await sendTls(port, { client: own }));
    expect(headers['x-forwarded-client-cert']).toBe(own.leaf.raw.toString('base64'));
    expect(decode(headers['x-ssl-client-root-ca-dn'])).toBe('/CN=own');
    expect(readSeen(await sendTls(port, { client: other })).headers).not.toHaveProperty('x-forwarded-client-cert');
    running.aheadMs = 400 * DAY_MS;
    expect(readSeen(await sendTls(port, { client: own })).headers).not.toHaveProperty('x-forwarded-client-cert');
    running.aheadMs = -DAY_MS;
    expect(readSeen(await sendTls(port, { client: own })).headers).not.toHaveProperty('x-forwarded-client-cert');
    expect(running.notes().map((note) => note?.split(': ')[1] ?? 'passed on')).toEqual([
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
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
    const { headers } = readSeen(await sendTls(port, { client: await issueClient(past) }));
    expect(headers).not.toHaveProperty('x-forwarded-client-cert');
    expect(running.notes()).toEqual(["The client's certificate was dropped: CERT_HAS_EXPIRED."]);
  });

  describe("when the landscape's clock runs eight days ahead of the machine's", () => {
    beforeEach(() => {
      running.aheadMs = 8 * DAY_MS;
    });

    it.each(['TLSv1.2', 'TLSv1.3'] as const)(
      'passes on what is valid by it, on resumed %s sessions too',
      async (version) => {
        const ahead = await CertificateAuthority.open({ stateFolder: join(folder, 'state'), now: running.now });
        const early = await issueClient(ahead);
        const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
        const agent = new Agent({ keepAlive: false, maxVersion: version, maxCachedSessions: 1 });
        for (let count = 0; count < 2; count += 1) {
          const { headers } = readSeen(await sendTls(port, { client: early, agent }));
          expect(headers['x-forwarded-client-cert']).toBe(early.leaf.raw.toString('base64'));
        }
      },
    );

    it('drops what is not valid any more by it', async () => {
      const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
      const { headers } = readSeen(await sendTls(port, { client }));
      expect(headers).not.toHaveProperty('x-forwarded-client-cert');
      expect(running.notes()).toEqual(["The client's certificate was dropped: CERT_HAS_EXPIRED."]);
    });

    it('drops an early certificate of another CA', async () => {
      const foreign = await CertificateAuthority.open({ stateFolder: join(folder, 'foreign'), now: running.now });
      const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
      const { headers } = readSeen(await sendTls(port, { client: await issueClient(foreign) }));
      expect(headers).not.toHaveProperty('x-forwarded-client-cert');
    });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('knows the certificate of a resumed %s session', async (version) => {
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
    const agent = new Agent({ keepAlive: false, maxVersion: version, maxCachedSessions: 1 });
    for (let count = 0; count < 2; count += 1) {
      const { headers } = readSeen(await sendTls(port, { client, agent }));
      expect(headers['x-forwarded-client-cert']).toBe(client.leaf.raw.toString('base64'));
    }
    const handshakes = running.journal.entries('router').filter((entry) => entry.kind === 'handshake');
    expect(handshakes.map((entry) => entry.kind === 'handshake' && entry.resumed)).toEqual([false, true]);
  });

  it('refuses to renegotiate, so that a connection keeps its certificate', async () => {
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
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
    const { port } = await running.map('backend-x.cert.cfapps.test.example', echo);
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
    const first = await running.map('a-x.cert.cfapps.test.example', named('a'));
    const second = await running.map('b-x.cert.cfapps.test.example', named('b'));
    expect(second.port - first.port).toBe(8);
    expect((await sendTls(second.port, { client })).body).toBe('b');
  });

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

function decode(value: string | undefined): string {
  return Buffer.from(value ?? '', 'base64').toString();
}
