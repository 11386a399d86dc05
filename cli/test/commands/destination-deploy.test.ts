import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeThumbprint } from '../../src/pki/certificate';
import { useBuiltCli, type ProcessRun } from '../support/built-cli';
import { cfServiceKeyOutput, xsuaaCredentials } from '../support/credentials';
import { DestinationLandscape, encodeToken } from '../support/destination-landscape';
import { runInProcess } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';

const NAME = 'destination_to_mtlsapp';
const KEYSTORE = 'mtlsXsuaa_client_certificate.pem';
const CLIENT = 'sb-mtlsxsuaa!t81786';
const SECRET = 's3cr€t+/=$';
const DEFINITION = [
  '# exported',
  `Name=${NAME}`,
  'Type=HTTP',
  String.raw`URL=https\://backendmtls.example/`,
  'ProxyType=Internet',
  'Authentication=OAuth2ClientCredentials',
  String.raw`clientId=sb-mtlsxsuaa\!t1`,
  'tokenServiceURLType=Dedicated',
  String.raw`tokenServiceURL=https\://sub.authentication.cert.us10.hana.ondemand.com/oauth/token`,
  `tokenService.KeyStoreLocation=${KEYSTORE}`,
  'clientSecret=<< Existing password/certificate removed on export >>',
  '',
].join('\n');

const ARGUMENTS = [
  'destination deploy --destination destination.properties --service-key destination-key.txt --xsuaa-key xsuaa.txt'.split(
    ' ',
  ),
  ['--keystore', KEYSTORE],
].flat();

const folder = useTemporaryFolder();
const runCli = useBuiltCli();
let chain: TestChain;
let renewed: TestChain;
let expired: TestChain;
let ownClient: TestCertificate;
let landscape: DestinationLandscape;

beforeAll(async () => {
  chain = await makeChain();
  renewed = await reissue(chain);
  expired = await makeChain({ days: 0 });
  ownClient = await issue({ name: 'CN=destination client', issuer: chain.intermediate, use: 'client' });
});

beforeEach(async () => {
  landscape = await DestinationLandscape.start(chain.root);
  landscape.clients.set(computeThumbprint(chain.leaf.certificate), CLIENT);
  landscape.clients.set(computeThumbprint(ownClient.certificate), 'dest-client');
  landscape.secrets.set('dest-client', SECRET);
  write('destination.properties', DEFINITION);
  write('ca.pem', chain.root.pem);
  write(KEYSTORE, chain.key + chain.certificate);
  write('xsuaa.txt', cfServiceKeyOutput('mtlsXsuaa', { ...xsuaaCredentials(chain), certurl: landscape.url }));
  write(
    'destination-key.txt',
    cfServiceKeyOutput('mtlsDestination', {
      clientid: 'dest-client',
      clientsecret: SECRET,
      uri: landscape.url,
      url: landscape.url,
    }),
  );
});
afterEach(() => landscape.stop());

/** A second certificate of the same issuer, as a rebind makes it. */
async function reissue({ root, intermediate }: TestChain): Promise<TestChain> {
  const leaf = await issue({ name: 'CN=renewed', issuer: intermediate, use: 'client' });
  return { root, intermediate, leaf, certificate: leaf.pem + intermediate.pem + root.pem, key: pkcs1(leaf.key) };
}

function write(name: string, content: string): void {
  writeFileSync(join(folder(), name), content);
}

const thumbprint = (of: TestChain): string => computeThumbprint(of.leaf.certificate);

function deploy(...args: string[]): Promise<ProcessRun> {
  return runCli([...ARGUMENTS, ...args], { cwd: folder(), caFile: join(folder(), 'ca.pem') });
}

/** What a find returns instead of the destination and its token. */
function answerFind(body: unknown): void {
  landscape.override = (_, path) => (path.endsWith(`/destinations/${NAME}`) ? { status: 200, body } : undefined);
}

/** A keystore and destination of the former certificate are there, and that certificate is useless by now. */
async function deployThenRenew(): Promise<void> {
  expect((await deploy()).exitCode).toBe(0);
  landscape.clients.delete(thumbprint(chain));
  landscape.clients.set(thumbprint(renewed), CLIENT);
  write(KEYSTORE, renewed.key + renewed.certificate);
}

describe('mtls destination deploy', () => {
  it('creates a destination for users, and says that only they can ask for its token', async () => {
    write('destination.properties', DEFINITION.replace('OAuth2ClientCredentials', 'OAuth2JWTBearer'));
    const { exitCode, out, err } = await deploy('--url', 'https://backend.example');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain(`Destination ${NAME}: created`);
    expect(out).toContain("A token of OAuth2JWTBearer is a user's");
    expect(out).not.toContain('It works');
    expect(landscape.stores.subaccountDestinations.get(NAME)).toMatchObject({ Authentication: 'OAuth2JWTBearer' });
  });

  it('uploads the keystore, creates the destination and shows that its token is bound to the certificate', async () => {
    const { exitCode, out, err } = await deploy('--url', 'https://backend.example');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain(`Keystore ${KEYSTORE}: created`);
    expect(out).toContain(`Destination ${NAME}: created`);
    expect(out).toMatch(new RegExp(`It works.*\n.*${CLIENT}\n.*cnf x5t#S256\\s+${thumbprint(chain)}`));
    expect(landscape.stores.subaccountDestinations.get(NAME)).toEqual({
      Name: NAME,
      Type: 'HTTP',
      URL: 'https://backend.example',
      ProxyType: 'Internet',
      Authentication: 'OAuth2ClientCredentials',
      clientId: CLIENT,
      tokenServiceURLType: 'Dedicated',
      tokenServiceURL: `${landscape.url}/oauth/token`,
      'tokenService.KeyStoreLocation': KEYSTORE,
    });
    const stored = landscape.stores.subaccountCertificates.get(KEYSTORE);
    expect(stored).toMatchObject({ Name: KEYSTORE, Type: 'CERTIFICATE' });
    expect(Buffer.from(stored?.['Content'] ?? '', 'base64').toString()).toBe(chain.key + chain.certificate);
  });

  it('authenticates with the certificate of an x509 service key, at certurl', async () => {
    const certificate = ownClient.pem + chain.intermediate.pem + chain.root.pem;
    const credentials = {
      clientid: 'dest-client',
      certificate,
      key: pkcs1(ownClient.key),
      certurl: landscape.url,
      url: 'https://127.0.0.1:1',
      uri: landscape.url,
    };
    write('destination-key.txt', JSON.stringify(credentials));
    expect(await deploy()).toMatchObject({ exitCode: 0 });
  });

  it('prints JSON with the claims, and no secret, token or key in either form', async () => {
    const json = await deploy('--json');
    expect(JSON.parse(json.out)).toMatchObject({
      ok: true,
      dryRun: false,
      destination: { name: NAME, level: 'subaccount', action: 'create' },
      keystore: { name: KEYSTORE, action: 'create', certificate: { 'x5t#S256': thumbprint(chain) } },
      claims: { cid: CLIENT, cnf: { 'x5t#S256': thumbprint(chain) } },
      findings: [],
      notes: [expect.stringContaining('clientSecret'), expect.stringContaining('slash')],
    });
    const text = await deploy();
    for (const output of [json.out, text.out]) {
      expect(output).not.toContain(SECRET);
      expect(output).not.toMatch(/PRIVATE KEY|eyJ/);
      expect(output).not.toContain(chain.key.split('\n')[3]);
    }
  });

  it('is idempotent: a second run leaves the destination unchanged', async () => {
    await deploy();
    const { exitCode, out } = await deploy();
    expect(exitCode).toBe(0);
    expect(out).toContain(`Keystore ${KEYSTORE}: replaced`);
    expect(out).toContain(`Destination ${NAME}: unchanged`);
  });

  it('updates what differs and lists it, without the values of secrets', async () => {
    await deploy();
    landscape.stores.subaccountDestinations.set(NAME, {
      ...landscape.stores.subaccountDestinations.get(NAME),
      URL: 'https://old',
      clientSecret: 'former secret',
    });
    const { exitCode, out } = await deploy();
    expect(exitCode).toBe(0);
    expect(out).toContain('~ URL: https://old -> https://backendmtls.example');
    expect(out).toContain('- clientSecret=(secret)');
    expect(out).not.toContain('former secret');
    expect(landscape.stores.subaccountDestinations.get(NAME)).not.toHaveProperty('clientSecret');
  });

  it('says that the destination still uses the former certificate, and replaces it', async () => {
    await deployThenRenew();
    const dry = await deploy('--dry-run');
    expect(dry.exitCode).toBe(1);
    expect(dry.out).toContain('still uses another certificate');
    expect(dry.out).toContain(thumbprint(chain));
    expect(landscape.requests.filter(({ method, path }) => method !== 'GET' && path !== '/oauth/token')).toHaveLength(
      2,
    );

    const { exitCode, out } = await deploy();
    expect(exitCode).toBe(0);
    expect(out).toContain(`formerly  ${thumbprint(chain)}`);
    expect(out).toContain(`cnf x5t#S256  ${thumbprint(renewed)}`);
  });

  it('changes nothing in a dry run and says what it would do', async () => {
    const { exitCode, out } = await deploy('--dry-run');
    expect(exitCode).toBe(0);
    expect(out).toContain('would be created');
    expect(landscape.requests.filter(({ method, path }) => method !== 'GET' && path !== '/oauth/token')).toEqual([]);
  });

  it('trusts the CA of --ca', async () => {
    const { exitCode } = await runCli([...ARGUMENTS, '--ca', 'ca.pem'], { cwd: folder() });
    expect(exitCode).toBe(0);
  });

  it('takes a list of results for the answer to one object', async () => {
    landscape.override = (method, path) => {
      if (!path.endsWith('/subaccountDestinations')) return undefined;
      if (method === 'PUT') return { status: 207, body: [{ name: NAME, status: 200 }] };
      const stored = JSON.parse(landscape.requests.at(-1)?.body ?? '') as Record<string, string>;
      landscape.stores.subaccountDestinations.set(NAME, stored);
      return { status: 207, body: [{ name: NAME, status: 409, cause: 'it exists' }] };
    };
    const { exitCode } = await deploy();
    expect(exitCode).toBe(0);
    expect(landscape.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('does not take a 207 with a refusal in it for a success', async () => {
    landscape.override = (method, path) =>
      method === 'POST' && path.endsWith('Destinations')
        ? { status: 207, body: [{ name: NAME, status: 400, cause: 'The property URL is missing' }] }
        : undefined;
    const { exitCode, err } = await deploy();
    expect(exitCode).toBe(1);
    expect(err).toMatch(/storing destination .*: 400 The property URL is missing/);
  });

  describe('to several targets', () => {
    const targets = (content: unknown, ...args: string[]): Promise<ProcessRun> => {
      write('targets.yaml', JSON.stringify(content));
      return runCli(['destination', 'deploy', '--targets', 'targets.yaml', ...args], {
        cwd: folder(),
        caFile: join(folder(), 'ca.pem'),
      });
    };
    const defaults = {
      destination: 'destination.properties',
      'service-key': 'destination-key.txt',
      'xsuaa-key': 'xsuaa.txt',
      keystore: KEYSTORE,
    };

    it('deploys the same to each, with what differs', async () => {
      const plan = {
        defaults,
        targets: [{ url: 'https://one.example' }, { url: 'https://two.example', level: 'instance' }],
      };
      const { exitCode, out } = await targets(plan);
      expect(exitCode).toBe(0);
      expect(landscape.stores.subaccountDestinations.get(NAME)).toMatchObject({ URL: 'https://one.example' });
      expect(landscape.stores.instanceDestinations.get(NAME)).toMatchObject({ URL: 'https://two.example' });
      expect(out.match(/Destination destination_to_mtlsapp: created/g)).toHaveLength(2);
    });

    it('goes on behind one that fails, and says which it was', async () => {
      write(
        'gone.txt',
        cfServiceKeyOutput('other', { clientid: 'gone', clientsecret: 'x', uri: landscape.url, url: landscape.url }),
      );
      const { exitCode, out } = await targets({ defaults, targets: [{ 'service-key': 'gone.txt' }, {}] }, '--json');
      expect(exitCode).toBe(1);
      expect(JSON.parse(out)).toMatchObject({
        ok: false,
        targets: [
          { ok: false, error: { code: 'client-secret-refused' } },
          { ok: true, destination: { name: NAME, action: 'create' } },
        ],
      });
    });

    it.each<readonly [string, unknown, RegExp]>([
      ['no targets', { targets: [] }, /targets is not as it must be/],
      ['an option that there is not', { targets: [{ keystor: 'x' }] }, /targets\.0\.keystor/],
      ['no service key', { targets: [{ destination: 'destination.properties' }] }, /target 1 has no "service-key"/],
      ['a file that cannot be read', { defaults, targets: [{}, { keystore: 'none.pem' }] }, /none\.pem cannot be read/],
    ])('refuses a file with %s before any call', async (_, plan, message) => {
      const { exitCode, err } = await targets(plan);
      expect(exitCode).toBe(2);
      expect(err).toMatch(message);
      expect(landscape.requests).toEqual([]);
    });
  });

  it('deploys each destination of a file, or the one that is named', async () => {
    const base = { Type: 'HTTP', URL: 'https://x', ProxyType: 'Internet', Authentication: 'OAuth2ClientCredentials' };
    write(
      'both.json',
      JSON.stringify([
        { Name: 'one', ...base },
        { Name: 'two', ...base },
      ]),
    );
    expect(await deploy('--destination', 'both.json', '--name', 'two')).toMatchObject({ exitCode: 0 });
    expect([...landscape.stores.subaccountDestinations.keys()]).toEqual(['two']);
    const { exitCode, out } = await deploy('--destination', 'both.json', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      targets: [{ destination: { action: 'create' } }, { destination: { action: 'none' } }],
    });
  });

  it('deploys to the instance on demand', async () => {
    expect(await deploy('--level', 'instance')).toMatchObject({ exitCode: 0 });
    expect(landscape.stores.instanceDestinations.has(NAME)).toBe(true);
    expect(landscape.stores.instanceCertificates.has(KEYSTORE)).toBe(true);
    expect(landscape.stores.subaccountDestinations.size).toBe(0);
  });

  it('refuses the subaccount level where the instance has a destination of that name, before it changes anything', async () => {
    await deploy('--level', 'instance');
    const { exitCode, err } = await deploy();
    expect(exitCode).toBe(1);
    expect(err).toMatch(/on the service instance too[^]*--level instance/);
    expect(landscape.stores.subaccountCertificates.size).toBe(0);
  });

  it('names the hop when the Destination Service gets no token, with the text of the service', async () => {
    const authTokens = [{ type: '', value: '', error: 'Failed to create SSL connection', expires_in: '0' }];
    answerFind({ destinationConfiguration: {}, authTokens });
    const { exitCode, out } = await deploy();
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /Problem {2}Destination Service to XSUAA: .*Failed to create SSL connection\n.*TLS connection to the token endpoint/,
    );
  });

  it('refuses a keystore whose certificate XSUAA does not take any more, before it changes anything', async () => {
    await deploy();
    landscape.clients.delete(thumbprint(chain));
    landscape.requests.length = 0;
    const { exitCode, err } = await deploy();
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /no token at .* for the keystore's certificate: .*sb-mtlsxsuaa!t81786: 401 "Bad credentials".*Nothing was changed[^]*extract the certificate anew/,
    );
    expect(landscape.requests.map(({ path }) => path)).toEqual(['/oauth/token', '/oauth/token']);
  });

  it('goes on with a note where the token endpoint cannot be reached from here', async () => {
    write('xsuaa.txt', JSON.stringify({ ...xsuaaCredentials(chain), certurl: 'https://localhost:1' }));
    const authTokens = [{ value: encodeToken({ cid: CLIENT, cnf: { 'x5t#S256': thumbprint(chain) } }) }];
    answerFind({ destinationConfiguration: {}, authTokens });
    const { exitCode, out } = await deploy();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Note {2}The keystore could not be tried from here: .*Nothing listens on localhost:1/);
  });

  it.each([
    ['token-unbound', {}, 'bound to no certificate'],
    [
      'token-of-former-certificate',
      { cnf: { 'x5t#S256': 'other' } },
      'a token that it fetched with the former keystore',
    ],
  ])('finds %s', async (code, claims, message) => {
    const authTokens = [{ type: 'Bearer', value: encodeToken({ cid: CLIENT, ...claims }) }];
    answerFind({ destinationConfiguration: {}, authTokens });
    const { exitCode, out } = await deploy('--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, findings: [{ code }] });
    expect(out).toContain(message);
  });

  it.each<readonly [string, number, unknown, RegExp]>([
    [
      'GET /destination-configuration/v1/instanceDestinations',
      401,
      'Unauthorized',
      /Destination Service, reading destination .*: 401 Unauthorized/,
    ],
    [
      'POST /destination-configuration/v1/subaccountCertificates',
      403,
      { ErrorMessage: 'no Modify scope' },
      /storing keystore .*: 403 no Modify scope[^]*create one for the Destination Service/,
    ],
    [
      'POST /destination-configuration/v1/subaccountDestinations',
      503,
      '<html>down</html>',
      /storing destination .*: 503[^]*try again later/,
    ],
    ['GET /destination-configuration/v1/destinations', 500, '', /finding destination .*: 500/],
    ['POST /oauth/token', 429, { error: 'too_many_requests' }, /token for the Destination Service, answer: .* 429/],
  ])('names the hop when %s answers %i', async (call, status, body, message) => {
    landscape.override = (method, path) => (`${method} ${path}`.startsWith(call) ? { status, body } : undefined);
    const { exitCode, err } = await deploy();
    expect(exitCode).toBe(1);
    expect(err).toMatch(message);
  });

  it('names the hop when the service key is not valid any more', async () => {
    landscape.secrets.clear();
    const { exitCode, err } = await deploy();
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /token for the Destination Service, answer: .*401 "Bad credentials"[^]*Create the service key or binding anew/,
    );
    expect(err).not.toContain(SECRET);
  });

  it('names the hop that hangs, within the time allowed', async () => {
    landscape.override = (_, path) => (path.includes('/destinations/') ? 'hang' : undefined);
    const { exitCode, err } = await deploy('--timeout', '1');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/Destination Service, answer: localhost:\d+ did not answer within 1 s/);
  });

  it('names the hop that is down', async () => {
    await landscape.stop();
    const { exitCode, err } = await deploy();
    landscape = await DestinationLandscape.start(chain.root);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/token for the Destination Service, TCP: Nothing listens on localhost/);
  });

  it('does not trust a server of an unknown CA and names NODE_EXTRA_CA_CERTS', async () => {
    write('ca.pem', renewed.leaf.pem);
    const { exitCode, err } = await deploy();
    expect(exitCode).toBe(1);
    expect(err).toMatch(/CA that this computer does not trust[^]*NODE_EXTRA_CA_CERTS/);
  });

  it.each<readonly [string, number, RegExp, () => readonly string[]]>([
    ['a keystore of an unknown format', 2, /only keystores in PEM/, () => ['--keystore', 'store.p12']],
    ['a keystore without its key', 1, /no private key/, () => replace(KEYSTORE, chain.certificate)],
    ['an expired keystore', 1, /expired on/, () => replace(KEYSTORE, expired.key + expired.certificate)],
    [
      'an XSUAA key with a secret',
      1,
      /takes none/,
      () => replace('xsuaa.txt', '{"clientid":"c","clientsecret":"s","url":"https://x"}'),
    ],
    [
      'a service key of another service',
      1,
      /no credentials of the Destination Service/,
      () => ['--service-key', 'xsuaa.txt'],
    ],
    [
      'a destination that cannot work',
      1,
      /Type is missing/,
      () => replace('destination.properties', DEFINITION.replace('Type=HTTP', '')),
    ],
    ['standard input for both keys', 2, /once only/, () => ['--service-key', '-', '--xsuaa-key', '-']],
    ['a time-out of no number', 2, /number of seconds/, () => ['--timeout', 'soon']],
    ['a level that is none', 2, /subaccount, instance/, () => ['--level', 'space']],
  ])('refuses %s without any call', async (_, exitCode, message, prepare) => {
    const run = await runInProcess([...ARGUMENTS, ...prepare()], { cwd: folder() });
    expect(run.exitCode).toBe(exitCode);
    expect(run.err).toMatch(message);
    expect(landscape.requests).toEqual([]);
  });

  function replace(name: string, content: string): string[] {
    write(name, content);
    return [];
  }
});
