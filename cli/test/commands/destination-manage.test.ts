import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeThumbprint } from '../../src/pki/certificate';
import { DestinationLandscape } from '../support/destination-landscape';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { makeChain, type TestChain } from '../support/test-chain';

const NAME = 'orders';
const KEYSTORE = 'client.pem';
const SECRET = 's3cr€t+/=$';

const folder = useTemporaryFolder();
let chain: TestChain;
let landscape: DestinationLandscape;

beforeAll(async () => {
  chain = await makeChain({ days: 30 });
});
beforeEach(async () => {
  landscape = await DestinationLandscape.start(chain.root);
  landscape.clients.set(computeThumbprint(chain.leaf.certificate), 'sb-x!t1');
  landscape.secrets.set('dest-client', SECRET);
  write('ca.pem', chain.root.pem);
  const key = { clientid: 'dest-client', clientsecret: SECRET, uri: landscape.url, url: landscape.url };
  write('key.txt', JSON.stringify(key));
  landscape.stores.subaccountCertificates.set(KEYSTORE, stored(KEYSTORE));
  landscape.stores.subaccountDestinations.set(NAME, destination());
});
afterEach(() => landscape.stop());

function write(name: string, content: string): void {
  writeFileSync(join(folder(), name), content);
}
const stored = (name: string): Record<string, string> => ({
  Name: name,
  Type: 'CERTIFICATE',
  Content: Buffer.from(chain.key + chain.certificate).toString('base64'),
});
const destination = (changes: Record<string, string> = {}): Record<string, string> => ({
  Name: NAME,
  Type: 'HTTP',
  URL: 'https://backend.example',
  ProxyType: 'Internet',
  Authentication: 'OAuth2ClientCredentials',
  clientId: 'sb-x!t1',
  tokenServiceURL: `${landscape.url}/oauth/token`,
  'tokenService.KeyStoreLocation': KEYSTORE,
  ...changes,
});
const mtls = (command: string, ...args: string[]): Promise<CliRun> =>
  runInProcess(['destination', command, ...args, '--service-key', 'key.txt', '--ca', 'ca.pem'], { cwd: folder() });
const changesMade = () => landscape.requests.filter(({ method, path }) => method !== 'GET' && path !== '/oauth/token');

describe('mtls destination show', () => {
  it('shows properties, keystore and that it works, and no secret', async () => {
    landscape.stores.subaccountDestinations.set(NAME, destination({ 'tokenService.KeyStorePassword': 'hidden' }));
    const { out } = await mtls('show', NAME);
    expect(out).toContain('orders on the subaccount');
    expect(out).toMatch(/tokenService\.KeyStorePassword +\(secret\)/);
    expect(out).toContain(computeThumbprint(chain.leaf.certificate));
    expect(out).not.toMatch(/hidden|eyJ|PRIVATE KEY/);
    landscape.stores.subaccountDestinations.set(NAME, destination());
    expect(await mtls('show', NAME)).toMatchObject({ exitCode: 0, out: expect.stringContaining('It works') as string });
  });

  it('shows both where one hides the other', async () => {
    landscape.stores.instanceDestinations.set(NAME, destination());
    landscape.stores.instanceCertificates.set(KEYSTORE, stored(KEYSTORE));
    const { exitCode, out } = await mtls('show', NAME, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      destinations: [
        { level: 'instance', findings: [{ code: 'token-url-private' }] },
        { level: 'subaccount', findings: [{ code: 'destination-shadowed' }, { code: 'token-url-private' }] },
      ],
    });
  });

  it('finds that an application gets no token, and does not ask with --no-find', async () => {
    landscape.clients.clear();
    expect((await mtls('show', NAME)).out).toMatch(/error +token-retrieval-failed/);
    expect((await mtls('show', NAME, '--no-find')).exitCode).toBe(0);
  });

  it('lists all, in pages', async () => {
    const { out } = await mtls('show');
    expect(out).toContain('one destination');
    expect(out).toContain(`${NAME}  subaccount, keystore ${KEYSTORE}`);
    expect(JSON.parse((await mtls('show', '--json')).out)).toMatchObject({
      destinations: [{ name: NAME, level: 'subaccount' }],
    });
  });

  it('says that there is none of the name', async () => {
    const { exitCode, err } = await mtls('show', 'other');
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: expect.stringContaining('There is no destination other') as string,
    });
  });
});

describe('mtls destination export', () => {
  it('writes what a deployment takes as it is', async () => {
    const { exitCode, out } = await mtls('export', NAME);
    expect(exitCode).toBe(0);
    expect(out).toContain(String.raw`clientId=sb-x\!t1`);
    write('exported', `${out}\n`);
    write(KEYSTORE, chain.key + chain.certificate);
    const dryRun = await mtls('deploy', '--destination', 'exported', '--keystore', KEYSTORE, '--dry-run', '--json');
    expect(JSON.parse(dryRun.out)).toMatchObject({ ok: true, destination: { action: 'none', changes: [] } });
  });

  it('writes a file, with placeholders for secrets', async () => {
    landscape.stores.subaccountDestinations.set(NAME, destination({ clientSecret: 'hidden' }));
    const { err } = await mtls('export', NAME, '--format', 'yaml', '--out', 'exported.yaml');
    expect(err).toContain('a placeholder stands there: clientSecret');
    const linted = await runInProcess(['destination', 'lint', 'exported.yaml', '--json'], { cwd: folder() });
    expect(linted.out).toContain('export-placeholder');
    expect(linted.out).not.toContain('hidden');
    write('foreign.yaml', 'mine');
    expect((await mtls('export', NAME, '--out', 'foreign.yaml')).err).toContain('not written by mtls');
  });

  it('writes JSON, and says in JSON which file it wrote', async () => {
    const { out } = await mtls('export', NAME, '--json');
    expect(JSON.parse(out)).toMatchObject({ Name: NAME, URL: 'https://backend.example' });
    const written = JSON.parse((await mtls('export', NAME, '--json', '--out', 'exported.json')).out) as object;
    expect(written).toMatchObject({ name: NAME, level: 'subaccount', file: { state: 'written' } });
    expect(readFileSync(join(folder(), 'exported.json'), 'utf8').trimEnd()).toBe(out.trimEnd());
    expect((await mtls('export', NAME, '--json', '--format', 'yaml')).exitCode).toBe(2);
  });

  it('writes the one that an application gets, unless a level is named', async () => {
    landscape.stores.instanceDestinations.set(NAME, destination({ URL: 'https://instance.example' }));
    expect((await mtls('export', NAME)).out).toContain('instance.example');
    expect((await mtls('export', NAME, '--level', 'subaccount')).out).toContain('backend.example');
  });
});

describe('mtls destination delete', () => {
  it('deletes what is named, with --yes', async () => {
    landscape.stores.subaccountDestinations.set('other', destination({ Name: 'other' }));
    expect(await mtls('delete', NAME, '--yes')).toMatchObject({ exitCode: 0 });
    expect([...landscape.stores.subaccountDestinations.keys()]).toEqual(['other']);
    expect(landscape.stores.subaccountCertificates.has(KEYSTORE)).toBe(true);
  });

  it('deletes the keystore on demand, unless another destination uses it', async () => {
    landscape.stores.subaccountDestinations.set('other', destination({ Name: 'other' }));
    const refused = await mtls('delete', NAME, '--with-keystore', '--yes');
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining('used by other') as string });
    expect(changesMade()).toEqual([]);
    landscape.stores.subaccountDestinations.delete('other');
    const { out } = await mtls('delete', NAME, '--with-keystore', '--yes', '--json');
    expect(JSON.parse(out)).toMatchObject({
      destination: { result: 'deleted' },
      keystore: { name: KEYSTORE, result: 'deleted' },
    });
    expect(landscape.stores.subaccountCertificates.size).toBe(0);
  });

  it.each([
    ['nobody can be asked', undefined, 2],
    ['the answer is no', async () => 'n', 1],
    ['the answer is nothing', async () => '', 1],
    ['the answer is yes', async () => 'y', 0],
  ])('asks: %s', async (_, ask, expected) => {
    const args = ['destination', 'delete', NAME, '--service-key', 'key.txt', '--ca', 'ca.pem'];
    const { exitCode } = await runInProcess(args, { cwd: folder(), ask });
    expect(exitCode).toBe(expected);
    expect(landscape.stores.subaccountDestinations.has(NAME)).toBe(expected !== 0);
  });

  it('looks on the level that is named only', async () => {
    expect(await mtls('delete', NAME, '--level', 'instance', '--yes')).toMatchObject({ exitCode: 1 });
    expect(changesMade()).toEqual([]);
  });
});

describe('mtls destination lint', () => {
  it('lists what is wrong in files, the worst first, and calls nothing', async () => {
    write('a.json', JSON.stringify(destination({ URL: 'https://x/' })));
    write('b', `Name=b\nclientId=sb-x!t1\n`);
    const { exitCode, out } = await runInProcess(['destination', 'lint', 'a.json', 'b'], { cwd: folder() });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^2 destinations checked \(a\.json; b\): \d findings\./);
    expect(out).toMatch(
      /error +property-missing {2}b, Type\n {2}Type is missing[^]*warning +url-trailing-slash {2}a\.json, URL/,
    );
    expect(landscape.requests).toEqual([]);
  });

  it('compares with the service', async () => {
    write('d.json', JSON.stringify(destination({ 'tokenService.KeyStoreLocation': 'missing.pem' })));
    const { out } = await mtls('lint', 'd.json', '--json');
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      findings: [{ code: 'keystore-not-uploaded' }, { code: 'token-url-private' }],
    });
  });

  it('checks what the service holds', async () => {
    landscape.stores.instanceDestinations.set(NAME, destination());
    const { out } = await mtls('lint', '--json');
    expect(JSON.parse(out)).toMatchObject({
      destinations: [{ where: 'orders on the subaccount' }, { where: 'orders on the instance' }],
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'destination-shadowed', where: 'Destination Service' }),
        expect.objectContaining({ code: 'keystore-other-level' }),
      ]) as unknown,
    });
    expect(changesMade()).toEqual([]);
  });

  it('compares with binding and keystore', async () => {
    const renewed = await makeChain({ days: 3 });
    write('d.json', JSON.stringify(destination()));
    write(
      'xsuaa.txt',
      JSON.stringify({
        clientid: 'sb-other!t1',
        certificate: chain.certificate,
        key: chain.key,
        certurl: landscape.url,
      }),
    );
    write('keystore.pem', renewed.key + renewed.certificate);
    const args = ['destination', 'lint', 'd.json', '--xsuaa-key', 'xsuaa.txt', '--keystore', 'keystore.pem', '--json'];
    const { exitCode, out } = await runInProcess(args, { cwd: folder() });
    expect(exitCode).toBe(1);
    expect((JSON.parse(out) as { findings: { code: string }[] }).findings.map(({ code }) => code)).toEqual([
      'client-id-mismatch',
      'keystore-other-certificate',
      'token-url-private',
    ]);
  });

  it('reports a file that cannot be read among the others', async () => {
    write('broken.json', '{');
    write('d.json', JSON.stringify(destination()));
    const { exitCode, out } = await runInProcess(['destination', 'lint', 'broken.json', 'd.json'], { cwd: folder() });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/One destination checked[^]*broken\.json cannot be read as JSON/);
  });

  it('wants something to check', async () => {
    expect(await runInProcess(['destination', 'lint'], { cwd: folder() })).toMatchObject({ exitCode: 2 });
  });
});

describe.each([
  [['token']],
  [['call']],
  ...['lint', 'deploy', 'show', 'export', 'delete'].map((name) => [['destination', name]]),
])('mtls %p --help', (command) => {
  it('shows two examples', async () => {
    const { exitCode, out } = await runInProcess([...command, '--help']);
    expect(exitCode).toBe(0);
    expect(out.match(/^ {2}(mtls .*)$/gm)?.length).toBeGreaterThanOrEqual(2);
  });
});
