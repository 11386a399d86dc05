import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParties, type Party } from './attacks/party';
import { readRoot } from './support/bindings';
import { run, startLandscape, type RunningLandscape } from './support/running-landscape';
import { callOverTls, type TlsAnswer } from './support/tls-session';

const LIMIT_MS = 90_000;

/** Whose certificate a client shows; when a session is resumed, none is sent and the server knows that of the session. */
type Shown = 'own' | 'other' | 'none';

type Version = 'TLSv1.2' | 'TLSv1.3';

const accepted = /^HTTP\/1\.1 200 /;
const refusals: Readonly<Record<Shown, RegExp>> = {
  own: accepted,
  other: /^HTTP\/1\.1 401 [\s\S]*bound to another client certificate than the one that came with the request/,
  none: /^HTTP\/1\.1 401 [\s\S]*bound to a client certificate, and none came with the request/,
};

/** A21: what counts on a resumed session is the certificate of the handshake that began it. */
describe('a bound token on a resumed TLS session of the certificate route', () => {
  let landscape: RunningLandscape;
  let folder: string;
  let ca: string;
  let port: number;
  let own: Party;
  let other: Party;

  beforeAll(async () => {
    landscape = await startLandscape();
    folder = mkdtempSync(join(tmpdir(), 'resumed-sessions-'));
    ca = await readRoot(landscape);
    port = Number(new URL(landscape.url('certificate')).port);
    ({ XSUAA: own, Identity: other } = await createParties(landscape, ca));
    for (const [name, { client }] of Object.entries({ own, other })) {
      writeFileSync(join(folder, `${name}.crt`), client.cert);
      writeFileSync(join(folder, `${name}.key`), client.key, { mode: 0o600 });
    }
    writeFileSync(join(folder, 'ca.crt'), ca);
  }, LIMIT_MS);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await landscape?.stop();
  }, LIMIT_MS);

  const cases: readonly (readonly [begun: Shown, resumedWith: Shown])[] = [
    ['own', 'own'],
    // Whoever resumes a session proves to know its secret, and so to be the client of its first handshake.
    ['own', 'none'],
    ['none', 'none'],
    ['none', 'own'],
    ['none', 'other'],
    ['other', 'other'],
    ['other', 'own'],
    ['other', 'none'],
  ];

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
    it.each(cases)('Node: begun with certificate "%s", resumed with "%s": the first decides', async (first, second) => {
      const begun = await askWithNode(version, first);
      expect(begun).toMatchObject({ resumed: false, text: expect.stringMatching(refusals[first]) as string });
      const again = await askWithNode(version, second, begun.session);
      expect(again).toMatchObject({ resumed: true, text: expect.stringMatching(refusals[first]) as string });
    });

    it.each(cases)(
      'openssl: begun with certificate "%s", resumed with "%s": the first decides',
      async (first, second) => {
        const session = join(folder, `${version}-${first}-${second}.pem`);
        const begun = await askWithOpenssl(version, first, ['-sess_out', session]);
        expect(begun).toMatchObject({ resumed: false, text: expect.stringMatching(refusals[first]) as string });
        const again = await askWithOpenssl(version, second, ['-sess_in', session]);
        expect(again).toMatchObject({ resumed: true, text: expect.stringMatching(refusals[first]) as string });
      },
    );
  });

  it('TLSv1.2 without tickets: the router resumes no session by its id, so that the certificate is asked for again', async () => {
    const session = join(folder, 'id.pem');
    const begun = await askWithOpenssl('TLSv1.2', 'own', ['-no_ticket', '-sess_out', session]);
    expect(begun.text).toMatch(accepted);
    const again = await askWithOpenssl('TLSv1.2', 'none', ['-no_ticket', '-sess_in', session]);
    expect(again).toMatchObject({ resumed: false, text: expect.stringMatching(refusals.none) as string });
  });

  it('a session of another listener, which asks for certificates, too, is not resumed here', async () => {
    const elsewhere = Number(new URL(landscape.url('xsuaaCertificate')).port);
    const { session } = await askWithNode('TLSv1.3', 'own', undefined, elsewhere);
    expect(await askWithNode('TLSv1.3', 'none', session)).toMatchObject({
      resumed: false,
      text: expect.stringMatching(refusals.none) as string,
    });
  });

  function lines(): string[] {
    return ['GET /endpoint HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${own.bound}`, 'Connection: close'];
  }

  function askWithNode(version: Version, shown: Shown, session?: Buffer, to = port): Promise<TlsAnswer> {
    const client = { own: own.client, other: other.client, none: undefined }[shown];
    return callOverTls({ port: to, version, ca, client, session, lines: lines() });
  }

  async function askWithOpenssl(
    version: Version,
    shown: Shown,
    options: readonly string[],
  ): Promise<Omit<TlsAnswer, 'session'>> {
    const file = (name: string): string => join(folder, name);
    const client =
      shown === 'none'
        ? []
        : ['-cert', file(`${shown}.crt`), '-cert_chain', file(`${shown}.crt`), '-key', file(`${shown}.key`)];
    const args = [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      'localhost',
      '-CAfile',
      file('ca.crt'),
      '-ign_eof',
      version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3',
      ...client,
      ...options,
    ];
    const { stdout } = await run('openssl', args, { input: `${lines().join('\r\n')}\r\n\r\n` });
    return { resumed: /^Reused, /m.test(stdout), text: stdout.slice(stdout.indexOf('HTTP/1.1')) };
  }
});
