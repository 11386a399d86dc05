import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceKey, credentialsOf, readRoot, succeed, type Credentials } from './support/bindings';
import {
  createForeignIssuer,
  issueCertificate,
  openLandscapeIssuer,
  thumbprintOf,
  type ClientIdentity,
} from './support/client-certificates';
import { root, run, startLandscape, type CommandResult, type RunningLandscape } from './support/running-landscape';

const START_LIMIT_MS = 90_000;
const NAME = 'destination_to_mtlsapp';
const KEYSTORE = 'mtlsXsuaa_client_certificate.pem';
const X509 = { 'credential-type': 'x509', x509: { 'key-length': 2048, validity: 30, 'validity-type': 'DAYS' } };

interface Report {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
    readonly where: string;
  }[];
  /** Of `doctor` only. */
  readonly checks?: readonly { readonly what: string; readonly ok: boolean }[];
  readonly answer?: { readonly status: number; readonly body: unknown };
  readonly hops: readonly {
    readonly party: string;
    readonly step: string;
    readonly state: string;
    readonly text: string;
  }[];
}

let landscape: RunningLandscape;
let folder: string;
let rootFile: string;
/** A service key of XSUAA with a certificate, used by nothing else. */
let xsuaa: Credentials;

beforeAll(async () => {
  landscape = await startLandscape();
  folder = mkdtempSync(join(tmpdir(), 'mtls-cli-'));
  rootFile = save('landscape-ca.pem', await readRoot(landscape));
  xsuaa = await createServiceKey(landscape, { instance: 'mtlsXsuaa', name: 'cli', parameters: X509 });
  save('xsuaa.txt', xsuaa);
  save('destination-key.txt', await createServiceKey(landscape, { instance: 'mtlsDestination', name: 'cli' }));
}, START_LIMIT_MS);
afterAll(async () => {
  await landscape?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}, START_LIMIT_MS);

/** Writes a file into the folder of this test and returns its path. */
function save(name: string, content: string | object): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return path;
}

/** The cli as a user has it, trusting the landscape. */
function mtls(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = { NODE_EXTRA_CA_CERTS: rootFile },
): Promise<CommandResult> {
  return run(process.execPath, [join(root, 'cli', 'bin', 'mtls.js'), ...argv], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
}

async function report(
  argv: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<Report & { readonly code: number | null }> {
  const { code, stdout } = await mtls([...argv, '--json'], env);
  return { code, ...(JSON.parse(stdout) as Report) };
}

const endpoint = () => `${landscape.url('certificate')}/endpoint`;
const pem = (identity: ClientIdentity): string => `${identity.key}\n${identity.certificate}`;

describe('mtls destination, on the landscape', () => {
  const brokenOnes: string[] = [];
  afterAll(async () => {
    for (const name of brokenOnes) await succeed(destination('delete', name, '--yes'));
  });

  const deploy = (...args: string[]) =>
    mtls(['destination', 'deploy', '--service-key', 'destination-key.txt', '--xsuaa-key', 'xsuaa.txt', ...args]);
  /** A token of the Destination Service, and what it holds after the deployment. */
  let token: string;
  let deployed: Readonly<Record<string, string>>;
  const destination = (verb: string, ...args: string[]) =>
    mtls(['destination', verb, ...args, '--service-key', 'destination-key.txt']);

  beforeAll(async () => {
    await succeed(mtls(['cert', 'extract', 'xsuaa.txt', '--name', KEYSTORE]));
    save(NAME, readFileSync(join(root, 'destination', NAME), 'utf8'));
    await succeed(deploy('--destination', NAME, '--url', landscape.url('certificate')));
    token = (await succeed(mtls(['token', 'destination-key.txt', '--raw']))).trim();
    deployed = JSON.parse(await succeed(destination('export', NAME, '--format', 'json'))) as Record<string, string>;
  }, START_LIMIT_MS);

  it('goes round: what was deployed is shown, exported, checked, and deployed again without a change', async () => {
    const shown = await succeed(destination('show', NAME));
    expect(shown).toContain(`${NAME} on the subaccount`);
    expect(shown).toContain(thumbprintOf(String(xsuaa['certificate'])));
    expect(shown).toContain('It works');

    await succeed(destination('export', NAME, '--out', 'exported.properties'));
    const exported = readFileSync(join(folder, 'exported.properties'), 'utf8');
    expect(exported).toMatch(/^clientId=sb-mtlsxsuaa\\!t\d+$/m);
    expect(exported).toMatch(/^URL=https\\:\/\/localhost\\:\d+$/m);

    const linted = await mtls([
      'destination',
      'lint',
      'exported.properties',
      '--xsuaa-key',
      'xsuaa.txt',
      '--keystore',
      join('certificate', KEYSTORE),
      '--service-key',
      'destination-key.txt',
    ]);
    expect(linted).toMatchObject({ code: 0, stderr: '' });
    // The tool says that only a landscape can reach this computer; an account cannot.
    expect(linted.stdout).toContain('token-url-private');

    const again = await deploy('--destination', 'exported.properties', '--dry-run', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, destination: { action: 'none', changes: [] } });
    expect(again.code).toBe(0);
  });

  it('finds a keystore that is not there, and one of another certificate', async () => {
    const properties = readFileSync(join(folder, 'exported.properties'), 'utf8');
    save('missing.properties', properties.replace(KEYSTORE, 'missing.pem'));
    save(
      'other-key.txt',
      await createServiceKey(landscape, { instance: 'mtlsXsuaa', name: 'cli-other', parameters: X509 }),
    );
    const found = await report(['destination', 'lint', 'missing.properties', '--service-key', 'destination-key.txt']);
    expect(found.findings[0]?.code).toBe('keystore-not-uploaded');
    const other = await report([
      'destination',
      'lint',
      '--name',
      NAME,
      '--service-key',
      'destination-key.txt',
      '--xsuaa-key',
      'other-key.txt',
    ]);
    expect(other).toMatchObject({
      code: 1,
      findings: [{ code: 'keystore-other-certificate' }, { code: 'token-url-private' }],
    });
  });

  it.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
    ['url in place of certurl', { tokenServiceURL: 'xsuaa' }, /certurl/],
    ['a token URL without its path', { tokenServiceURL: 'no path' }, /certurl \+ \/oauth\/token/],
    ['an empty secret beside the keystore', { clientSecret: '' }, /Bad credentials/],
    ['the client of another instance', { clientId: 'sb-other!t1' }, /does not exist|Client authentication failed/],
    [
      'a keystore that is not there',
      { 'tokenService.KeyStoreLocation': 'none.pem' },
      /no keystore 'none\.pem' on subaccount level/,
    ],
    ['http in place of https', { tokenServiceURL: 'http' }, /mTLS for token retrieval needs an https URL/],
  ])('shows the text with which the service explains %s', async (_, changes, text) => {
    const urls: Readonly<Record<string, string>> = {
      xsuaa: `${landscape.url('xsuaa')}/oauth/token`,
      'no path': landscape.url('xsuaaCertificate'),
      http: `${landscape.url('backend')}/oauth/token`,
    };
    const { tokenServiceURL } = changes;
    const name = `broken-${Object.keys(changes).join()}-${tokenServiceURL ?? ''}`.replaceAll(' ', '-');
    const broken = {
      ...deployed,
      Name: name,
      ...changes,
      ...(tokenServiceURL !== undefined && { tokenServiceURL: urls[tokenServiceURL] }),
    };
    const api = `${landscape.url('destination')}/destination-configuration/v1`;
    save('broken.json', broken);
    brokenOnes.push(name);
    await succeed(
      mtls(
        [
          'call',
          `${api}/subaccountDestinations`,
          '--bearer-env',
          'TOKEN',
          '-d',
          '@broken.json',
          '-H',
          'content-type: application/json',
        ],
        { NODE_EXTRA_CA_CERTS: rootFile, TOKEN: token },
      ),
    );
    const { stdout } = await mtls(
      ['call', `${api}/destinations/${encodeURIComponent(name)}`, '--bearer-env', 'TOKEN', '--json'],
      {
        NODE_EXTRA_CA_CERTS: rootFile,
        TOKEN: token,
      },
    );
    const { body } = (JSON.parse(stdout) as { answer: { body: { authTokens: { error: string }[] } } }).answer;
    expect(body.authTokens[0]?.error).toMatch(text);
  });

  it('deletes what is named, and only with consent', async () => {
    expect(await destination('delete', NAME)).toMatchObject({ code: 2 });
    // The broken ones of above use the keystore, too.
    expect(await destination('delete', NAME, '--with-keystore', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/used by .*broken-.*Nothing was deleted/) as string,
    });
    await succeed(destination('delete', NAME, '--yes'));
    await succeed(deploy('--destination', NAME, '--url', landscape.url('certificate'), '--level', 'instance'));
    await succeed(destination('delete', NAME, '--level', 'instance', '--with-keystore', '--yes'));
    expect(await destination('show', NAME)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no destination') as string,
    });
  });
});

describe('mtls token, on the landscape', () => {
  it('ends quietly when nobody reads its output to the end', async () => {
    const script = 'node "$0" token xsuaa.txt | head -n 1; exit "${PIPESTATUS[0]}"';
    const { code, stdout, stderr } = await run('bash', ['-c', script, join(root, 'cli', 'bin', 'mtls.js')], {
      cwd: folder,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: rootFile },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Token fetched for .*\n$/);
  });

  it.each<readonly [string, () => Promise<Credentials>, string]>([
    ['XSUAA', async () => xsuaa, 'certificate'],
    [
      'IAS, with a certificate',
      () =>
        createServiceKey(landscape, {
          instance: 'clicreIas',
          name: 'cli',
          parameters: { 'credential-type': 'X509_GENERATED' },
        }),
      'certificate',
    ],
    ['IAS, with a secret', () => createServiceKey(landscape, { instance: 'clicreIas', name: 'cli-secret' }), 'secret'],
    ['the Destination Service', () => credentialsOf(landscape, 'frontendmtls', 'destination'), 'certificate'],
    ['Process Integration Runtime', createSender, 'certificate'],
  ])('fetches one with a key of %s', async (_, make, method) => {
    const credentials = await make();
    const { code, stdout, stderr } = await mtls(['token', save('key.txt', credentials), '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const parsed = JSON.parse(stdout) as { method: string; token: { claims: Record<string, unknown> } };
    expect(parsed.method).toBe(method);
    const certificate =
      (credentials['oauth'] as Credentials | undefined)?.['certificate'] ?? credentials['certificate'];
    expect(parsed.token.claims['cnf']).toEqual(
      method === 'secret' ? undefined : { 'x5t#S256': thumbprintOf(String(certificate)) },
    );
    expect(stdout).not.toMatch(/eyJ|PRIVATE KEY/);
  });
});

/** A service key of a sender of integration flows. */
async function createSender(): Promise<Credentials> {
  await succeed(
    landscape.cf('create-service', 'it-rt', 'integration-flow', 'cli-sender', '-c', '{"roles":["ESBMessaging.send"]}'),
  );
  return createServiceKey(landscape, {
    instance: 'cli-sender',
    name: 'cli',
    parameters: { 'key-type': 'certificate' },
  });
}

describe('mtls call, on the landscape', () => {
  it('calls the backend with token and certificate, and is told without token what is missing', async () => {
    const { code, answer, hops, findings } = await report(['call', 'xsuaa.txt', endpoint(), '--token']);
    expect({ code, status: answer?.status, findings }).toEqual({ code: 0, status: 200, findings: [] });
    expect(hops.map(({ party, step }) => `${party}: ${step}`)).toEqual([
      ...['DNS', 'TCP', 'TLS', 'client certificate', 'answer'].map((step) => `token endpoint: ${step}`),
      ...['DNS', 'TCP', 'TLS', 'client certificate', 'answer'].map((step) => `target: ${step}`),
    ]);
    expect(await report(['call', 'xsuaa.txt', endpoint()])).toMatchObject({
      code: 1,
      answer: { status: 401 },
      findings: [{ code: 'token-required' }],
    });
  });

  it('calls an integration flow with the certificate alone', async () => {
    save('sender.txt', await createSender());
    const { code, answer } = await report([
      'call',
      'sender.txt',
      `${landscape.url('cloudIntegration')}/http/echo`,
      '-d',
      'hello',
    ]);
    expect({ code, body: answer?.body }).toMatchObject({
      code: 0,
      body: { authentication: 'certificate', payload: 'hello' },
    });
  });

  it('trusts the landscape by --ca, too', async () => {
    expect(await report(['call', 'xsuaa.txt', endpoint(), '--token', '--ca', rootFile], {})).toMatchObject({ code: 0 });
  });

  /** Faults made on purpose: what a user gives, and what `call` must find first. */
  describe('names the fault:', () => {
    let foreign: ClientIdentity;
    let expired: ClientIdentity;
    let server: ClientIdentity;

    beforeAll(async () => {
      const issuer = await openLandscapeIssuer(landscape);
      foreign = await issueCertificate(await createForeignIssuer());
      expired = await issueCertificate(issuer, { begin: -9, end: -1 });
      server = await issueCertificate(issuer, { purpose: 'serverAuth' });
    });

    const withCredentials = (changes: object): string => save('fault.txt', { ...xsuaa, ...changes });
    const flow = () => `${landscape.url('cloudIntegration')}/http/echo`;

    it.each<readonly [string, string, () => readonly string[] | Promise<readonly string[]>]>([
      [
        'an expired certificate, at the token endpoint',
        'client-certificate-expired',
        () => [withCredentials({ ...expired }), endpoint(), '--token'],
      ],
      [
        'an expired certificate, at the target',
        'client-certificate-expired',
        () => [save('fault.pem', pem(expired)), flow()],
      ],
      [
        'the key of another certificate',
        'key-mismatch',
        () => [withCredentials({ key: foreign.key }), endpoint(), '--token'],
      ],
      [
        'certificates in the wrong order',
        'client-certificate-order',
        () => [withCredentials({ certificate: reverseBlocks(String(xsuaa['certificate'])) }), endpoint(), '--token'],
      ],
      [
        'a chain with a gap',
        'chain-gap',
        () => [withCredentials({ certificate: firstBlock(String(xsuaa['certificate'])) }), endpoint(), '--token'],
      ],
      [
        'a certificate of a CA that the token endpoint does not know',
        'client-certificate-unknown-ca',
        () => [withCredentials({ ...foreign }), endpoint(), '--token'],
      ],
      [
        'a certificate of a CA that the load balancer does not know',
        'client-certificate-unknown-ca',
        () => [save('fault.pem', pem(foreign)), flow()],
      ],
      [
        'a certificate that is not for clients',
        'client-certificate-usage',
        () => [withCredentials({ ...server }), endpoint(), '--token'],
      ],
      [
        'a certificate that is in no service key',
        'client-certificate-unknown',
        async () => [save('fault.pem', pem(await issueCertificate(await openLandscapeIssuer(landscape)))), flow()],
      ],
      ['no certificate where one is wanted', 'client-certificate-missing', () => [flow()]],
      [
        'url in place of certurl',
        'token-url-without-certificate',
        () => [withCredentials({ certurl: xsuaa['url'] }), endpoint(), '--token'],
      ],
      [
        'a token URL without its path',
        'token-url-path',
        () => ['xsuaa.txt', endpoint(), '--token', '--token-url', landscape.url('xsuaaCertificate')],
      ],
      [
        'the client of another instance',
        'client-id-mismatch',
        async () => [
          withCredentials({ clientid: (await credentialsOf(landscape, 'frontendmtls', 'destination'))['clientid'] }),
          endpoint(),
          '--token',
        ],
      ],
      [
        'a client that there is not',
        'client-unknown',
        () => [withCredentials({ clientid: 'sb-none!t1' }), endpoint(), '--token'],
      ],
      [
        'a wrong secret',
        'client-secret-refused',
        () => [
          save('fault.txt', { clientid: 'sb-mtlsxsuaa!t1', clientsecret: 'wrong', url: landscape.url('xsuaa') }),
          endpoint(),
          '--token',
        ],
      ],
      ['a closed port', 'tcp-refused', () => ['xsuaa.txt', 'https://localhost:1/']],
      [
        'a port of plain http',
        'plain-http-port',
        () => ['xsuaa.txt', landscape.url('backend').replace('http:', 'https:')],
      ],
      [
        'a path that there is not',
        'path-unknown',
        () => ['xsuaa.txt', `${landscape.url('certificate')}/nothing`, '--token'],
      ],
      [
        'a bound token where no certificate can arrive',
        'token-certificate-not-requested',
        () => ['xsuaa.txt', `${landscape.url('backend')}/endpoint`, '--token', '--allow-http-localhost'],
      ],
      [
        'a bound token without its certificate',
        'token-certificate-missing',
        () => ['xsuaa.txt', endpoint(), '--token', '--no-certificate'],
      ],
      ['a token for another audience', 'token-audience', () => ['destination-key.txt', endpoint(), '--token']],
    ])('%s (%s)', async (_, code, make) => {
      const found = await report(['call', ...(await make())]);
      expect(found.findings[0]).toMatchObject({ code });
      expect(found).toMatchObject({ code: 1, ok: false });
    });

    it('a stolen token with the certificate of another client (token-certificate-other)', async () => {
      const token = (await succeed(mtls(['token', 'xsuaa.txt', '--raw']))).trim();
      save('token.txt', token);
      const thief = save(
        'thief.txt',
        await createServiceKey(landscape, { instance: 'mtlsXsuaa', name: 'thief', parameters: X509 }),
      );
      const found = await report(['call', thief, endpoint(), '--bearer-file', 'token.txt']);
      expect(found.findings[0]).toMatchObject({ code: 'token-certificate-other', where: 'target, answer' });
    });

    it('a service key that was deleted (client-certificate-revoked)', async () => {
      const deleted = save(
        'deleted.txt',
        await createServiceKey(landscape, { instance: 'mtlsXsuaa', name: 'gone', parameters: X509 }),
      );
      await succeed(landscape.cf('delete-service-key', 'mtlsXsuaa', 'gone', '-f'));
      expect((await report(['call', deleted, endpoint(), '--token'])).findings[0]?.code).toBe(
        'client-certificate-revoked',
      );
    });

    it('a host name that does not exist (dns-unresolved, or dns-unavailable without any name server)', async () => {
      const found = await report(['call', 'xsuaa.txt', 'https://host.invalid/']);
      expect(found.findings[0]).toMatchObject({
        code: expect.stringMatching(/^dns-un/) as string,
        where: 'target, DNS',
      });
    });

    it('a server whose certificate is of a CA that this computer does not trust (server-certificate-untrusted)', async () => {
      const found = await report(['call', endpoint()], {});
      expect(found.findings[0]).toMatchObject({ code: 'server-certificate-untrusted', where: 'target, TLS' });
      expect(found.findings[0]?.message).toContain('Local Landscape Root CA');
    });

    it('a role that is missing (role-missing)', async () => {
      await succeed(landscape.control('integration', 'deploy', '/http/orders', '--role', 'orders.send'));
      save('sender.txt', await createSender());
      const found = await report(['call', 'sender.txt', `${landscape.url('cloudIntegration')}/http/orders`]);
      expect(found.findings[0]).toMatchObject({ code: 'role-missing' });
      expect(found.findings[0]?.message).toContain('orders.send');
    });

    it('a trial tenant (target-failed)', async () => {
      await succeed(landscape.control('integration', 'trial', 'on'));
      save('sender.txt', await createSender());
      const found = await report(['call', 'sender.txt', flow()]);
      await succeed(landscape.control('integration', 'trial', 'off'));
      expect(found.findings[0]).toMatchObject({ code: 'target-failed' });
    });

    it.each([
      ['does not answer', 'hang', 'timeout'],
      ['fails', 'status=503', 'token-endpoint-failed'],
    ])('a token endpoint that %s (%s: %s)', async (_, fault, code) => {
      await succeed(landscape.control('fault', 'xsuaa', fault));
      const found = await report(['call', 'xsuaa.txt', endpoint(), '--token', '--timeout', '2']);
      await succeed(landscape.control('clear'));
      expect(found.findings[0]).toMatchObject({ code, where: 'token endpoint, answer' });
    });

    it('an app that is stopped (app-unavailable)', async () => {
      await succeed(landscape.cf('stop', 'backendmtls'));
      const found = await report(['call', 'xsuaa.txt', endpoint(), '--token']);
      await succeed(landscape.cf('start', 'backendmtls'));
      expect(found.findings[0]).toMatchObject({
        code: expect.stringMatching(/^(app-unavailable|route-unknown)$/) as string,
      });
    });
  });
});

describe('mtls doctor, on the landscape', () => {
  const doctor = (...args: string[]) => report(['doctor', ...args]);
  const codes = ({ findings }: Report) => findings.map(({ code }) => code);

  beforeAll(async () => {
    for (const app of ['backendmtls', 'frontendmtls'])
      save(`${app}.txt`, (await succeed(landscape.cf('env', app))) + '\n');
    save('sender.txt', await createSender());
  });

  it('finds nothing but notes where all is as it should be, and tries every binding', async () => {
    const host = new URL(landscape.url('certificate')).host;
    const { code, findings, checks } = await doctor(
      'backendmtls.txt',
      'frontendmtls.txt',
      'sender.txt',
      'xsuaa.txt',
      host,
    );
    expect({ code, findings: findings.filter(({ severity }) => severity !== 'note') }).toEqual({
      code: 0,
      findings: [],
    });
    expect(checks?.filter(({ ok }) => !ok)).toEqual([]);
    const tried = checks?.map(({ what }) => what).join('\n');
    for (const what of [
      'backendmtls.txt, mtlsXsuaa',
      'frontendmtls.txt, clicreIas',
      'Destination Service',
      `server ${host}`,
    ])
      expect(tried).toContain(what);
  });

  it('reads the output of "cf env" from standard input, and calls with the client that is named', async () => {
    const argv = ['doctor', '-', '--url', endpoint(), '--service', 'mtlsXsuaa', '--json'];
    const { code, stdout } = await run(process.execPath, [join(root, 'cli', 'bin', 'mtls.js'), ...argv], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: rootFile },
      input: readFileSync(join(folder, 'backendmtls.txt'), 'utf8'),
    });
    const { checks } = JSON.parse(stdout) as Report;
    expect(code).toBe(0);
    expect(checks?.at(-1)).toEqual({ what: `call of ${new URL(endpoint()).host}/endpoint`, ok: true });
  });

  it('calls an integration flow with the certificate alone', async () => {
    const fine = await doctor('sender.txt', '--url', `${landscape.url('cloudIntegration')}/http/echo`);
    expect(fine.checks?.every(({ ok }) => ok)).toBe(true);
    const wrong = await doctor('sender.txt', '--url', endpoint());
    expect(codes(wrong)).toContain('token-required');
  });

  it('tells a deleted key, a keystore of it, a server that is not trusted, and a dead one, all at once', async () => {
    const parameters = X509;
    const gone = await createServiceKey(landscape, { instance: 'mtlsXsuaa', name: 'ended', parameters });
    save('ended.txt', gone);
    save('ended.pem', `${String(gone['key'])}\n${firstBlock(String(gone['certificate']))}`);
    await succeed(landscape.cf('delete-service-key', 'mtlsXsuaa', 'ended', '-f'));
    const host = new URL(landscape.url('certificate')).host;
    const found = await report(['doctor', 'ended.txt', 'ended.pem', host, 'localhost:1', '--ca', rootFile], {});
    expect(codes(found)).toEqual(expect.arrayContaining(['client-certificate-revoked', 'chain-gap', 'tcp-refused']));
    expect(codes(await report(['doctor', host], {}))).toEqual(['server-certificate-untrusted']);
  });
});

function blocksOf(pemText: string): string[] {
  return pemText.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n?/g) ?? [];
}

function reverseBlocks(pemText: string): string {
  return blocksOf(pemText).toReversed().join('');
}

function firstBlock(pemText: string): string {
  return blocksOf(pemText)[0] ?? '';
}
