import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeThumbprint } from '../../src/pki/certificate';
import { cfEnvOutput, service, xsuaaCredentials } from '../support/credentials';
import { DestinationLandscape } from '../support/destination-landscape';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';

interface Report {
  readonly ok: boolean;
  readonly seen: Record<string, string[]>;
  readonly checks: Array<{ what: string; ok: boolean }>;
  readonly findings: Array<{ code: string; severity: string; where: string; message: string; remedy: string }>;
}

const CLIENT = 'sb-mtlsxsuaa!t81786';
const folder = useTemporaryFolder();
let chain: TestChain;
let renewed: TestChain;
let destinationClient: TestCertificate;
beforeAll(async () => {
  chain = await makeChain();
  const leaf = await issue({ name: chain.leaf.name, issuer: chain.intermediate, days: 20, use: 'client' });
  renewed = { ...chain, leaf, key: pkcs1(leaf.key), certificate: leaf.pem + chain.intermediate.pem + chain.root.pem };
  destinationClient = await issue({ name: 'CN=destination client', issuer: chain.intermediate, use: 'client' });
});

const write = (name: string, content: string | object): string => {
  const path = join(folder(), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, 0o600);
  return name;
};
const run = (args: readonly string[], overrides: Parameters<typeof runInProcess>[1] = {}): Promise<CliRun> =>
  runInProcess(['doctor', ...args], { cwd: folder(), ...overrides });

async function diagnose(
  args: readonly string[],
  overrides?: Parameters<typeof runInProcess>[1],
): Promise<Report & { exitCode: number; codes: string[] }> {
  const { exitCode, out, err } = await run([...args, '--json'], overrides);
  expect(err).toBe('');
  for (const secret of [chain.key, renewed.key, 's3cret']) expect(out).not.toContain(secret.split('\n')[3] ?? secret);
  const report = JSON.parse(out) as Report;
  return { ...report, exitCode, codes: report.findings.map(({ code }) => code) };
}

const destination = (change: Record<string, string> = {}): object => ({
  Name: 'destination_to_mtlsapp',
  Type: 'HTTP',
  URL: 'https://backendmtls.cert.cfapps.eu10.hana.ondemand.com',
  ProxyType: 'Internet',
  Authentication: 'OAuth2ClientCredentials',
  clientId: CLIENT,
  tokenServiceURLType: 'Dedicated',
  tokenServiceURL: 'https://sub.authentication.cert.us10.hana.ondemand.com/oauth/token',
  'tokenService.KeyStoreLocation': 'store.pem',
  ...change,
});
const env = (...credentials: object[]): string =>
  cfEnvOutput({
    xsuaa: credentials.map((one, index) => service('xsuaa', `mtlsXsuaa${index || ''}`, one as Record<string, unknown>)),
  });

describe('mtls doctor, without calling anybody', () => {
  const offline = (...args: string[]) => diagnose([...args, '--offline']);

  it('finds nothing wrong with an environment, a destination and a keystore that fit', async () => {
    const report = await offline(
      write('env.txt', env(xsuaaCredentials(chain))),
      write('destination.json', destination()),
      write('store.pem', chain.key + chain.certificate),
    );
    expect(report).toMatchObject({ ok: true, exitCode: 0, findings: [], checks: [] });
    expect(report.seen).toEqual({
      bindings: ['env.txt, mtlsXsuaa'],
      credentials: ['env.txt, mtlsXsuaa', 'store.pem'],
      destinations: ['destination.json'],
      servers: [],
    });
  });

  it.each<readonly [string, string, () => readonly string[]]>([
    [
      'a keystore of the certificate before the renewal',
      'keystore-other-certificate',
      () => [
        write('env.txt', env(xsuaaCredentials(renewed))),
        write('destination.json', destination()),
        write('store.pem', chain.key + chain.certificate),
      ],
    ],
    [
      'a destination with the client of another instance',
      'client-id-mismatch',
      () => [write('env.txt', env(xsuaaCredentials(chain))), write('d.json', destination({ clientId: 'sb-other!t1' }))],
    ],
    [
      'a destination with "url" for "certurl"',
      'token-url-plain-host',
      () => [
        write(
          'd.json',
          destination({ tokenServiceURL: 'https://sub.authentication.us10.hana.ondemand.com/oauth/token' }),
        ),
      ],
    ],
    [
      'a binding with "url" as its "certurl"',
      'certurl-plain-host',
      () => [
        write(
          'env.txt',
          env({ ...xsuaaCredentials(chain), certurl: 'https://sub.authentication.us10.hana.ondemand.com' }),
        ),
      ],
    ],
    [
      'a certificate without "certurl"',
      'certurl-missing',
      () => [write('env.txt', env({ ...xsuaaCredentials(chain), certurl: undefined }))],
    ],
    [
      'two bindings of one kind',
      'several-bindings',
      () => [write('env.txt', env(xsuaaCredentials(chain), xsuaaCredentials(renewed)))],
    ],
    [
      'a type x509 without a certificate',
      'binding-incomplete',
      () => [write('env.txt', env({ ...xsuaaCredentials(chain), certificate: undefined, key: undefined }))],
    ],
    [
      'an environment that is too big',
      'environment-size',
      () => [write('env.txt', env({ ...xsuaaCredentials(chain), padding: 'x'.repeat(140_000) }))],
    ],
    [
      'the key of another certificate',
      'key-mismatch',
      () => [write('env.txt', env({ ...xsuaaCredentials(chain), key: renewed.key }))],
    ],
    ['a file that is nothing of all that', 'credential-unrecognised', () => [write('junk.txt', 'junk')]],
    ['a file that is not there', 'input-unreadable', () => ['missing.txt']],
  ])('names %s: %s', async (_what, code, prepare) => {
    const report = await offline(...prepare());
    expect(report.codes).toContain(code);
    expect(report.exitCode).toBe(1);
    const { message, remedy } = report.findings.find((one) => one.code === code) ?? { message: '', remedy: '' };
    expect([message.length > 20, remedy.length > 5]).toEqual([true, true]);
  });

  it.each<readonly [string, string, number, () => Promise<TestCertificate>]>([
    [
      'is a wildcard',
      'wildcard-subject',
      1,
      () => issue({ name: 'CN=*.example', issuer: chain.intermediate, use: 'client' }),
    ],
    [
      'is for servers',
      'client-auth-missing',
      1,
      () => issue({ name: 'CN=server', issuer: chain.intermediate, use: 'server' }),
    ],
    [
      'ends tomorrow',
      'certificate-expires-soon',
      1,
      () => issue({ name: 'CN=short', issuer: chain.intermediate, use: 'client' }),
    ],
  ])('warns of a client certificate that %s: %s', async (_what, code, exitCode, make) => {
    const leaf = await make();
    const file = write('store.pem', pkcs1(leaf.key) + leaf.pem + chain.intermediate.pem + chain.root.pem);
    const later = { now: () => Date.now() + (code === 'certificate-expires-soon' ? 28 * 86_400_000 : 0) };
    const report = await diagnose([file, '--offline'], later);
    expect(report.codes).toEqual([code]);
    expect(report.exitCode).toBe(exitCode);
  });

  it('only notes a binding of the Destination Service with a secret, and says where the parameter belongs', async () => {
    const credentials = {
      clientid: 'd',
      clientsecret: 's3cret',
      uri: 'https://destination.example',
      url: 'https://x.example',
    };
    const bindings = { destination: [service('destination', 'mtlsDestination', credentials)] };
    const report = await offline(write('env.txt', cfEnvOutput(bindings)));
    expect([report.codes, report.exitCode]).toEqual([['binding-without-certificate'], 0]);
    expect(report.findings[0]?.remedy).toContain('{"xsuaa":{"credential-type":"x509"');
  });

  it('prints the worst first, for a reader', async () => {
    const files = [write('a.json', destination({ URL: 'https://backend.cert.example/' })), write('b.txt', 'junk')];
    const { out, exitCode } = await run([...files, '--offline']);
    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      'Looked at 1 destination.',
      '',
      'error    credential-unrecognised  b.txt',
      expect.stringMatching(/^ {2}b\.txt is nothing/),
      expect.stringMatching(/^ {2}Give/),
      'warning  url-trailing-slash  a.json, URL',
      expect.stringMatching(/^ {2}The address ends with a slash/),
      '  Remove it.',
    ]);
  });

  it('takes the bindings of its own process where nothing else is given', async () => {
    const vcap = JSON.stringify({ xsuaa: [service('xsuaa', 'mtlsXsuaa', xsuaaCredentials(chain))] });
    const report = await diagnose(['--offline'], { env: { VCAP_SERVICES: vcap } });
    expect([report.seen['bindings'], report.exitCode]).toEqual([['VCAP_SERVICES, mtlsXsuaa'], 0]);
  });

  it.each([
    [['--json'], 'input-missing'],
    [['x.txt', '--offline', '--url', 'https://x.example', '--json'], 'offline'],
  ])('has exit code 2 for %j', async (args, code) => {
    const { exitCode, out } = await run(args);
    expect([exitCode, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([2, code]);
  });
});

describe('mtls doctor, with a Destination Service', () => {
  let landscape: DestinationLandscape;
  let files: string[];
  beforeEach(async () => {
    landscape = await DestinationLandscape.start(chain.root);
    landscape.clients.set(computeThumbprint(chain.leaf.certificate), CLIENT);
    landscape.clients.set(computeThumbprint(destinationClient.certificate), 'sb-destination');
    store('subaccountDestinations', destination({ tokenServiceURL: `${landscape.url}/oauth/token` }));
    store('subaccountCertificates', keystore(chain));
    const own = {
      certificate: destinationClient.pem + chain.intermediate.pem + chain.root.pem,
      key: pkcs1(destinationClient.key),
    };
    const bindings = {
      xsuaa: [service('xsuaa', 'mtlsXsuaa', { ...xsuaaCredentials(chain), certurl: landscape.url })],
      destination: [
        service('destination', 'mtlsDestination', {
          ...own,
          clientid: 'sb-destination',
          certurl: landscape.url,
          uri: landscape.url,
        }),
      ],
    };
    files = [write('env.txt', cfEnvOutput(bindings)), '--ca', write('ca.pem', chain.root.pem)];
  });
  afterEach(() => landscape.stop());

  const store = (collection: keyof DestinationLandscape['stores'], entry: object): void => {
    const { Name = '' } = entry as Record<string, string>;
    landscape.stores[collection].set(Name, entry as Record<string, string>);
  };
  const keystore = ({ key, certificate }: TestChain): object => ({
    Name: 'store.pem',
    Content: Buffer.from(key + certificate).toString('base64'),
  });

  it('tries tokens and destinations, and says that nothing is wrong', async () => {
    const report = await diagnose(files);
    // The stand-in's tokens have no audience, and a private address is worth a note.
    expect(report.codes.filter((code) => code !== 'token-audience' && code !== 'token-url-private')).toEqual([]);
    expect(report.checks).toEqual([
      { what: 'token for env.txt, mtlsXsuaa', ok: true },
      { what: `Destination Service ${new URL(landscape.url).host}`, ok: true },
      { what: 'destination_to_mtlsapp on the subaccount', ok: true },
    ]);
  });

  it.each<readonly [string, string, () => void]>([
    [
      'a binding that was deleted',
      'client-refused',
      () => landscape.clients.delete(computeThumbprint(chain.leaf.certificate)),
    ],
    [
      'a token that the service cannot fetch',
      'token-retrieval-failed',
      () => landscape.clients.delete(computeThumbprint(chain.leaf.certificate)),
    ],
    ['a keystore that is not uploaded', 'keystore-not-uploaded', () => landscape.stores.subaccountCertificates.clear()],
    [
      'a keystore of another certificate',
      'keystore-other-certificate',
      () => store('subaccountCertificates', keystore(renewed)),
    ],
    [
      'a destination of the same name on the instance',
      'destination-shadowed',
      () => store('instanceDestinations', destination()),
    ],
    ['a token for nobody who was given', 'token-audience', () => undefined],
  ])('names %s: %s', async (_what, code, spoil) => {
    spoil();
    const report = await diagnose(files);
    expect(report.codes).toContain(code);
    expect(report.exitCode).toBe(1);
  });

  it('only notes a keystore of another key of the same client with which a token can be fetched', async () => {
    store('subaccountCertificates', keystore(renewed));
    landscape.clients.set(computeThumbprint(renewed.leaf.certificate), CLIENT);
    const { findings } = await diagnose(files);
    expect(findings.find(({ code }) => code === 'keystore-other-certificate')).toMatchObject({ severity: 'note' });
  });

  it('goes on where one of them cannot be reached', async () => {
    const dead = write('dead.txt', { ...xsuaaCredentials(chain), certurl: 'https://localhost:1' });
    const report = await diagnose([dead, ...files, 'localhost:1']);
    expect(report.codes.filter((code) => code === 'tcp-refused')).toHaveLength(2);
    expect(report.checks.filter(({ ok }) => ok)).toHaveLength(3);
  });

  it('calls an address with a client, and needs to be told which when there are several', async () => {
    const url = `${landscape.url}/nothing`;
    const report = await diagnose([...files, '--url', url]);
    expect(report.codes).toContain('path-unknown');
    write('other.txt', { ...xsuaaCredentials(renewed), certurl: landscape.url });
    const { exitCode, out } = await run([...files, 'other.txt', '--url', url, '--json']);
    expect([exitCode, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([2, 'several-services']);
    const chosen = await diagnose([...files, 'other.txt', '--url', url, '--service', 'mtlsXsuaa']);
    expect(chosen.codes).toContain('path-unknown');
  });
});

describe('mtls doctor, with a server', () => {
  const serve = useTlsServers();

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'finds nothing wrong with one that insists on a client certificate over %s: nobody shows it one here',
    async (version) => {
      const server = await makeChain({ use: 'server' });
      const { port } = await serve({
        key: server.key,
        cert: server.leaf.pem + server.intermediate.pem,
        ca: server.root.pem,
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: version,
        maxVersion: version,
      });
      const report = await diagnose([`localhost:${port}`, '--ca', write('root.pem', server.root.pem)]);
      expect(report).toMatchObject({ ok: true, exitCode: 0, checks: [{ what: `server localhost:${port}`, ok: true }] });
    },
  );
});
