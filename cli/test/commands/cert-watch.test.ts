import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeThumbprint } from '../../src/pki/certificate';
import { cfServiceKeyOutput, service, xsuaaCredentials } from '../support/credentials';
import { DestinationLandscape } from '../support/destination-landscape';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { issue, makeChain, pkcs1, type TestChain } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';

const folder = useTemporaryFolder();
const startServer = useTlsServers();
const DAY_MS = 86_400_000;
let chain: TestChain;
let long: TestChain;
beforeAll(async () => {
  [chain, long] = await Promise.all([makeChain({ days: 7 }), makeChain({ days: 300, leafName: 'CN=long, O=Example' })]);
});

const write = (name: string, content: string): string => {
  writeFileSync(join(folder(), name), content);
  return name;
};
const watch = (args: readonly string[], overrides: Parameters<typeof runInProcess>[1] = {}): Promise<CliRun> =>
  runInProcess(['cert', 'watch', ...args], { cwd: folder(), ...overrides });
const codes = (run: CliRun): string[] =>
  (JSON.parse(run.out) as { findings: Array<{ code: string; where: string }> }).findings.map(
    ({ code, where }) => `${code} ${where}`,
  );
const inDays = (days: number) => ({ now: () => Date.now() + days * DAY_MS });

describe('mtls cert watch', () => {
  it('lists what ends first at the top, and has exit code 0 when nothing ends soon', async () => {
    const files = [write('long.pem', long.certificate), write('key.txt', JSON.stringify(xsuaaCredentials(chain)))];
    const { exitCode, out, err } = await watch(files);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out.split('\n')).toEqual([
      'DAYS LEFT  ENDS        SOURCE                CERTIFICATE',
      expect.stringMatching(/^6 {10}\d{4}-\d\d-\d\d  key\.txt, service key  CN=client$/),
      expect.stringMatching(/^299 .*long\.pem .*CN=long$/),
      '',
      'Nothing ends soon.',
    ]);
    expect(out).not.toContain(chain.key.split('\n')[3]);
  });

  it.each([
    [5, 'certificate-expires-soon'],
    [8, 'certificate-expired'],
  ])('has exit code 1 after %i days of seven: %s', async (days, code) => {
    const run = await watch([write('key.txt', JSON.stringify(xsuaaCredentials(chain))), '--json'], inDays(days));
    expect(run.exitCode).toBe(1);
    expect(codes(run)).toEqual([`${code} key.txt, service key`]);
  });

  it('looks at a server that it does not trust, and at the others when one cannot be reached', async () => {
    const leaf = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server', days: 90 });
    const { port } = await startServer({ key: pkcs1(leaf.key), cert: leaf.pem });
    const gone = await startServer({ key: pkcs1(leaf.key), cert: leaf.pem });
    gone.server.close();
    const sources = [`localhost:${gone.port}`, `localhost:${port}`, 'missing.pem', write('junk.pem', 'junk')];
    const run = await watch([...sources, '--json']);
    expect(run.exitCode).toBe(1);
    expect(codes(run)).toEqual([
      `tcp-refused localhost:${gone.port}`,
      'input-unreadable missing.pem',
      'credential-unrecognised junk.pem',
    ]);
    const { certificates } = JSON.parse(run.out) as { certificates: unknown };
    expect(certificates).toEqual([expect.objectContaining({ source: `localhost:${port}`, subject: 'CN=localhost' })]);
  });

  it('sees each binding of its own process that has a certificate', async () => {
    const bindings = {
      xsuaa: [service('xsuaa', 'mtlsXsuaa', xsuaaCredentials(chain))],
      identity: [
        service('identity', 'clicreIas', {
          clientid: 'c',
          certificate: long.certificate,
          key: long.key,
          url: 'https://x',
        }),
      ],
      redis: [service('redis', 'cache', { password: 'p' })],
    };
    const { out, exitCode } = await watch(['--vcap', '--prometheus'], {
      env: { VCAP_SERVICES: JSON.stringify(bindings) },
    });
    expect(exitCode).toBe(0);
    expect(out).toContain('{source="VCAP_SERVICES",name="mtlsXsuaa",subject="CN=client,L=mtlsxsuaa,O=SAP SE,C=DE",');
    expect(out).toContain('{source="VCAP_SERVICES",name="clicreIas",subject="O=Example,CN=long",');
    expect(out).toContain('mtls_source_up{source="VCAP_SERVICES"} 1');
  });

  it('sees the keystores of a Destination Service without reading their private keys', async () => {
    const landscape = await DestinationLandscape.start(chain.root);
    try {
      const own = await issue({ name: 'CN=destination client', issuer: chain.intermediate, use: 'client' });
      landscape.clients.set(computeThumbprint(own.certificate), 'sb-destination');
      const keystore = Buffer.from(chain.key + chain.certificate).toString('base64');
      landscape.stores.instanceCertificates.set('store.pem', { Name: 'store.pem', Content: keystore });
      const key = { certificate: own.pem + chain.intermediate.pem + chain.root.pem, key: pkcs1(own.key) };
      const credentials = { ...key, clientid: 'sb-destination', certurl: landscape.url, uri: landscape.url };
      const file = write('destination-key.txt', cfServiceKeyOutput('mtlsDestination', credentials));
      const run = await watch(['--destination-service', file, '--ca', write('ca.pem', chain.root.pem), '--json']);
      expect([run.exitCode, run.err]).toEqual([0, '']);
      expect((JSON.parse(run.out) as { certificates: unknown }).certificates).toEqual([
        expect.objectContaining({ source: 'Destination Service', name: 'store.pem (instance)', daysLeft: 6 }),
      ]);
      expect(landscape.requests.map(({ path }) => path.split('/').slice(3).join('/'))).toEqual(
        expect.arrayContaining([
          'subaccountCertificates',
          'instanceCertificates',
          'instanceCertificates/store.pem/publicKeys',
        ]),
      );
      expect(landscape.requests.map(({ path }) => path)).not.toContain(
        '/destination-configuration/v1/instanceCertificates/store.pem',
      );
    } finally {
      await landscape.stop();
    }
  });

  it.each([
    [['--json'], 'input-missing'],
    [['key.txt', '--prometheus', '--json'], 'format-twice'],
  ])('has exit code 2 for %j', async (args, code) => {
    const { exitCode, out } = await watch(args);
    expect([exitCode, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([2, code]);
  });
});
