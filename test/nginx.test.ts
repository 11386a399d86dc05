import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeForms, forgedHeaders } from './attacks/forged-headers';
import { createParties, type Party } from './attacks/party';
import { startBackend, type BackendProcess } from './support/backend-process';
import { readRoot, readVcap, succeed } from './support/bindings';
import { findNginx, startNginx } from './support/nginx';
import { root, run, startLandscape, type RunningLandscape } from './support/running-landscape';
import { exchange } from './support/raw-exchange';
import { callOverTls, type TlsAnswer, type TlsCall } from './support/tls-session';

const LIMIT_MS = 90_000;
/** Free in the range of each landscape. */
const PORT_OFFSET = 490;
const hosts = {
  plain: 'backendmtls-yourname.cfapps.us10.hana.ondemand.com',
  certificate: 'backendmtls-yourname.cert.cfapps.us10.hana.ondemand.com',
};

const nginx = findNginx() ?? '';
/** CI installs it; elsewhere its tests are skipped: apt-get install nginx-light. */
const describeNginx = nginx === '' ? describe.skip : describe;

interface Sent {
  /** Which route: the name in the handshake and the Host. */
  readonly route: 'plain' | 'certificate';
  readonly token: 'bound' | 'unbound';
  readonly certificate?: 'own' | 'other';
  /** Whose certificate a forged header claims. */
  readonly header?: 'own';
}

const reasons = [
  'and none came with the request',
  'bound to another client certificate',
  'which cannot arrive on this route',
];
const [noCertificate, otherCertificate, onPlainRoute] = reasons.map((reason) => `401 ${reason}`) as [
  string,
  string,
  string,
]; // three

const matrix: readonly (readonly [what: string, sent: Sent, answer: string])[] = [
  ['the right certificate', { route: 'certificate', token: 'bound', certificate: 'own' }, '200'],
  ['no certificate', { route: 'certificate', token: 'bound' }, noCertificate],
  ['another certificate', { route: 'certificate', token: 'bound', certificate: 'other' }, otherCertificate],
  ['a forged header and no certificate', { route: 'certificate', token: 'bound', header: 'own' }, noCertificate],
  [
    'a forged header and another certificate',
    { route: 'certificate', token: 'bound', certificate: 'other', header: 'own' },
    otherCertificate,
  ],
  [
    'a forged header and the right certificate',
    { route: 'certificate', token: 'bound', certificate: 'own', header: 'own' },
    '200',
  ],
  ['an unbound token and no certificate', { route: 'certificate', token: 'unbound' }, '200'],
  ['an unbound token and a certificate', { route: 'certificate', token: 'unbound', certificate: 'other' }, '200'],
  ['a bound token on the plain route', { route: 'plain', token: 'bound' }, onPlainRoute],
  [
    'a bound token and its certificate on the plain route',
    { route: 'plain', token: 'bound', certificate: 'own' },
    onPlainRoute,
  ],
  [
    'a bound token and a forged header on the plain route',
    { route: 'plain', token: 'bound', header: 'own' },
    onPlainRoute,
  ],
  ['an unbound token on the plain route', { route: 'plain', token: 'unbound' }, '200'],
  [
    'an unbound token and a forged header on the plain route',
    { route: 'plain', token: 'unbound', header: 'own' },
    '200',
  ],
];

/** Sends a request to one of the two routes; resolves with everything that comes back. */
type Send = (request: Omit<TlsCall, 'port' | 'ca' | 'servername'> & Pick<Sent, 'route'>) => Promise<TlsAnswer>;

/** The same backend and the same requests: behind nginx as docs/operations.md configures it, and behind our own router. */
describe('the router in front of the backend', () => {
  let landscape: RunningLandscape;
  let ca: string;
  let folder: string;
  let parties: Readonly<Record<Party['name'], Party>>;

  beforeAll(async () => {
    landscape = await startLandscape();
    folder = mkdtempSync(join(tmpdir(), 'nginx-test-'));
    ca = await readRoot(landscape);
    parties = await createParties(landscape, ca);
  }, LIMIT_MS);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await landscape?.stop();
  }, LIMIT_MS);

  describe('the landscape’s', () => {
    const send: Send = async ({ route, ...request }) => {
      const port = Number(new URL(landscape.url(route === 'plain' ? 'backend' : 'certificate')).port);
      if (route === 'certificate') return callOverTls({ port, ca, ...request });
      const { text } = await exchange({ port }, request.lines);
      return { text, resumed: false, session: undefined };
    };

    describe.each(['XSUAA', 'Identity'] as const)('and a token of %s', (name) => {
      it.each(matrix)('with %s: gives the answer', async (_what, sent, answer) => {
        expect(await summarize(send, name, sent)).toBe(answer);
      });
    });
  });

  describeNginx('nginx', () => {
    let backend: BackendProcess;
    let stopNginx: () => Promise<void>;
    let port: number;

    beforeAll(async () => {
      const [VCAP_SERVICES, VCAP_APPLICATION, trusted] = await Promise.all([
        readVcap(landscape, 'backendmtls', 'VCAP_SERVICES'),
        readVcap(landscape, 'backendmtls', 'VCAP_APPLICATION'),
        succeed(landscape.control('trust', '--file')),
      ]);
      backend = await startBackend({ VCAP_SERVICES, VCAP_APPLICATION, NODE_EXTRA_CA_CERTS: trusted.trim() });
      port = landscape.portBase + PORT_OFFSET;
      await writeServerCertificate();
      writeFileSync(join(folder, 'client-ca.crt'), ca);
      stopNginx = await startNginx({ program: nginx, http: readDocumented(), folder, port });
    }, LIMIT_MS);
    afterAll(async () => {
      await Promise.all([stopNginx?.(), backend?.stop()]);
    });

    const send: Send = ({ route, ...request }) =>
      callOverTls({ port, ca: serverCertificate(), servername: hosts[route], ...request });

    describe.each(['XSUAA', 'Identity'] as const)('and a token of %s', (name) => {
      it.each(matrix)('with %s: gives the answer', async (_what, sent, answer) => {
        expect(await summarize(send, name, sent)).toBe(answer);
      });
    });

    it('passes on a certificate with a key of 4096 bits', async () => {
      const client = await issueClient(4096);
      const jwt = parties.XSUAA.signer.sign({ cnf: { 'x5t#S256': thumbprintOf(client.cert) } });
      const { text } = await send({ route: 'certificate', client, lines: request(hosts.certificate, jwt) });
      expect(summaryOf(text)).toBe('200');
    });

    it('passes a certificate on that no authority has issued only if it is told to', async () => {
      const client = await signByItself();
      const jwt = parties.XSUAA.signer.sign({ cnf: { 'x5t#S256': thumbprintOf(client.cert) } });
      const lines = request(hosts.certificate, jwt);
      expect(summaryOf((await send({ route: 'certificate', client, lines })).text)).toBe(noCertificate);
      const lenientFolder = join(folder, 'lenient');
      mkdirSync(lenientFolder);
      const http = readDocumented()
        .replace('^SUCCESS:', '^.*:')
        .replaceAll(`:${port} `, `:${port + 1} `);
      const stop = await startNginx({ program: nginx, http, folder: lenientFolder, port: port + 1 });
      try {
        const ca = serverCertificate();
        const call = { port: port + 1, ca, servername: hosts.certificate, client };
        expect(summaryOf((await callOverTls({ ...call, lines })).text)).toBe('200');
        const others = request(hosts.certificate, parties.XSUAA.bound);
        expect(summaryOf((await callOverTls({ ...call, lines: others })).text)).toBe(otherCertificate);
      } finally {
        await stop();
      }
    });

    it.each([
      [
        'the name of the plain route in the handshake and Host of the certificate route',
        hosts.plain,
        /^HTTP\/1\.1 421 /,
      ],
      [
        'the name of the certificate route in the handshake and Host of the plain route',
        hosts.certificate,
        /which cannot arrive on this route/,
      ],
      ['no name in the handshake', '', /^HTTP\/1\.1 401 [^]*none came with the request/],
    ])('refuses %s, with a forged header', async (what, servername, answer) => {
      const { bound, line } = parties.XSUAA;
      const host = what.endsWith('plain route') ? hosts.plain : hosts.certificate;
      const lines = [...request(host, bound), `X-Forwarded-Client-Cert: ${line}`];
      const { text } = await callOverTls({ port, ca: serverCertificate(), servername, lines });
      expect(text).toMatch(answer);
    });

    it.each(forgedHeaders)('lets nobody pass on the certificate route with the header %s', async (_name, forge) => {
      const { bound, line } = parties.XSUAA;
      const lines = [...request(hosts.certificate, bound), ...forge(describeForms(line))];
      const { text } = await send({ route: 'certificate', lines });
      expect(summaryOf(text)).toMatch(/^(401 and none came with the request|400)$/);
    });

    it.each(['TLSv1.2', 'TLSv1.3'] as const)(
      'goes by the handshake that a resumed %s session began with',
      async (version) => {
        const { bound, client } = parties.XSUAA;
        const lines = request(hosts.certificate, bound);
        const begunWithout = await send({ route: 'certificate', version, lines });
        const resumedWith = await send({ route: 'certificate', version, client, lines, session: begunWithout.session });
        expect({ ...resumedWith, text: summaryOf(resumedWith.text) }).toMatchObject({
          resumed: true,
          text: noCertificate,
        });
        const begunWith = await send({ route: 'certificate', version, client, lines });
        const resumedWithout = await send({ route: 'certificate', version, lines, session: begunWith.session });
        expect({ ...resumedWithout, text: summaryOf(resumedWithout.text) }).toMatchObject({
          resumed: true,
          text: '200',
        });
      },
    );

    /** The configuration that docs/operations.md shows, with this test's names, addresses and files. */
    function readDocumented(): string {
      const block = /```nginx\n([^]*?)```/.exec(readFileSync(join(root, 'docs', 'operations.md'), 'utf8'))?.[1] ?? '';
      return block
        .replaceAll('backend.example.com', hosts.plain)
        .replaceAll('backend.cert.example.com', hosts.certificate)
        .replaceAll('listen 443 ', `listen 127.0.0.1:${port} `)
        .replaceAll('127.0.0.1:8080', `127.0.0.1:${backend.port}`)
        .replaceAll('/etc/nginx/tls', folder);
    }

    function serverCertificate(): string {
      return readFileSync(join(folder, 'backend.crt'), 'utf8');
    }

    async function writeServerCertificate(): Promise<void> {
      const files = ['-keyout', join(folder, 'backend.key'), '-out', join(folder, 'backend.crt')];
      await succeed(run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=nginx', ...files]));
    }

    async function signByItself(): Promise<{ readonly cert: string; readonly key: string }> {
      const key = join(folder, 'self-signed.key');
      const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-subj', '/CN=me'];
      return { cert: await succeed(run('openssl', args)), key: readFileSync(key, 'utf8') };
    }

    /** Of the landscape's certificate authority. */
    async function issueClient(bits: number): Promise<{ readonly cert: string; readonly key: string }> {
      const [key, file] = [join(folder, 'client.key'), join(folder, 'client.csr')];
      await succeed(
        run('openssl', [
          'req',
          '-new',
          '-newkey',
          `rsa:${bits}`,
          '-nodes',
          '-keyout',
          key,
          '-subj',
          '/CN=client',
          '-out',
          file,
        ]),
      );
      return { cert: await succeed(landscape.control('sign', file)), key: readFileSync(key, 'utf8') };
    }
  });

  async function summarize(
    send: Send,
    name: Party['name'],
    { route, token, certificate, header }: Sent,
  ): Promise<string> {
    const { bound, signer, line, client } = parties[name];
    const other = parties[name === 'XSUAA' ? 'Identity' : 'XSUAA'].client;
    const lines = request(hosts[route], token === 'bound' ? bound : signer.sign({ cnf: undefined }));
    if (header === 'own') lines.push(`X-Forwarded-Client-Cert: ${line}`);
    const shown = certificate === undefined ? undefined : { own: client, other }[certificate];
    const { text } = await send({ route, lines, client: shown });
    return summaryOf(text);
  }
});

function request(host: string, jwt: string): string[] {
  return ['GET /endpoint HTTP/1.1', `Host: ${host}`, `Authorization: Bearer ${jwt}`, 'Connection: close'];
}

/** The status, and of a 401 which of the reasons its challenge gives. */
function summaryOf(text: string): string {
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 'no answer';
  const challenge = /^www-authenticate: Bearer error="invalid_token", error_description="(.*)"/im.exec(text)?.[1];
  const reason = reasons.find((known) => challenge?.includes(known));
  return [status, ...(challenge === undefined ? [] : [reason ?? challenge])].join(' ');
}

function thumbprintOf(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
}
