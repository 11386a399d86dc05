import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cfEnvOutput, cfServiceKeyOutput, service, xsuaaCredentials } from '../support/credentials';
import { readKeystore } from '../../src/pki/keystore';
import { writePkcs12 } from '../../src/pki/pkcs12/write';
import { itWith, runOracle } from '../support/openssl';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { makeChain, type TestChain } from '../support/test-chain';

const DAY_MS = 86_400_000;
const folder = useTemporaryFolder();
let chain: TestChain;
let other: TestChain;
beforeAll(async () => {
  [chain, other] = await Promise.all([makeChain(), makeChain({ leafName: 'CN=other' })]);
});

const keystoreName = 'mtlsXsuaa_client_certificate.pem';
const path = (name: string): string => join(folder(), 'certificate', name);
const read = (name: string): string => readFileSync(path(name), 'utf8');
const extract = (stdin: string, ...args: string[]): Promise<CliRun> =>
  runInProcess(['cert', 'extract', '-', ...args], { cwd: folder(), stdin });
const keyOutput = (credentials: unknown = xsuaaCredentials(chain)): string =>
  cfServiceKeyOutput('mtlsXsuaa', credentials);

describe('mtls cert extract', () => {
  it('writes key, certificate and keystore from the output of cf service-key', async () => {
    const { exitCode, out, err } = await extract(keyOutput());
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(read('privateKey.txt')).toBe(chain.key);
    expect(read('certificate.cer')).toBe(chain.certificate);
    expect(read(keystoreName)).toBe(chain.key + chain.certificate);
    expect(out).toContain('CN=client,L=mtlsxsuaa,O=SAP SE,C=DE');
    expect(out).toContain('6 days left');
    expect(out).toContain('sb-mtlsxsuaa!t81786');
    expect(out).toContain('https://sub.authentication.cert.us10.hana.ondemand.com/oauth/token');
  });

  it('lets nobody else read key and keystore', async () => {
    await extract(keyOutput());
    const modes = ['privateKey.txt', keystoreName, 'certificate.cer'].map((name) => statSync(path(name)).mode & 0o777);
    if (process.platform !== 'win32') expect(modes).toEqual([0o600, 0o600, 0o644]);
  });

  it('never prints the key, as text or JSON', async () => {
    const body = chain.key.split('\n')[3] ?? '';
    for (const args of [[], ['--json']]) {
      const { out, err } = await extract(keyOutput(), ...args);
      expect(out + err).not.toContain(body);
      expect(out + err).not.toContain('PRIVATE KEY');
    }
  });

  itWith('openssl', ['version'])(
    'writes a keystore that openssl verifies: key and leaf belong together, the chain holds',
    async () => {
      await extract(keyOutput());
      const ofKey = runOracle('openssl', ['pkey', '-in', path(keystoreName), '-pubout']);
      const ofCertificate = runOracle('openssl', ['x509', '-in', path(keystoreName), '-pubkey', '-noout']);
      expect(ofKey).toBe(ofCertificate);
      writeFileSync(path('root.pem'), chain.root.pem);
      const verified = runOracle('openssl', [
        'verify',
        '-purpose',
        'sslclient',
        '-CAfile',
        path('root.pem'),
        '-untrusted',
        path(keystoreName),
        path(keystoreName),
      ]);
      expect(verified).toContain(': OK');
    },
  );

  it('writes the same files from cf env, from VCAP_SERVICES and from a bare key with literal \\n', async () => {
    const services = { xsuaa: [service('xsuaa', 'mtlsXsuaa', xsuaaCredentials(chain))] };
    const escape = (pem: string): string => pem.replaceAll('\n', String.raw`\n`);
    const escaped = xsuaaCredentials({ certificate: escape(chain.certificate), key: escape(chain.key) });
    for (const text of [cfEnvOutput(services), JSON.stringify(services), JSON.stringify(escaped)]) {
      expect(await extract(text)).toMatchObject({ exitCode: 0 });
      expect(read(keystoreName)).toBe(chain.key + chain.certificate);
    }
  });

  it('reads the environment of an app where no file is given', async () => {
    const services = { xsuaa: [service('xsuaa', 'mtlsXsuaa', xsuaaCredentials(chain))] };
    const run = await runInProcess(['cert', 'extract'], {
      cwd: folder(),
      env: { VCAP_SERVICES: JSON.stringify(services) },
    });
    expect(run.exitCode).toBe(0);
    expect((await runInProcess(['cert', 'extract'], { cwd: folder() })).exitCode).toBe(2);
  });

  it('reads nested credentials and names the keystore after their instance', async () => {
    const { key, certificate } = chain;
    const oauth = { clientid: 'c', key, certificate, tokenurl: 'https://cert/oauth/token' };
    const { out } = await extract(cfServiceKeyOutput('my instance', { oauth }));
    expect(read('my_instance_client_certificate.pem')).toBe(key + certificate);
    expect(out).toContain('https://cert/oauth/token');
  });

  it('reads a key of Process Integration Runtime and prints the hosts for Postman', async () => {
    const { key, certificate } = chain;
    const oauth = {
      clientid: 'sb-it-rt',
      key,
      certificate,
      tokenurl: 'https://sub.authentication.cert.eu10.hana.ondemand.com/oauth/token',
      url: 'https://tenant.it-cpi018-rt.cfapps.eu10.hana.ondemand.com',
    };
    const { out } = await extract(JSON.stringify({ oauth }));
    expect(out).toContain(
      'sub.authentication.cert.eu10.hana.ondemand.com and tenant.it-cpi018-rt.cfapps.eu10.hana.ondemand.com',
    );
  });

  it('reads a service key in which somebody replaced the line breaks before, or that went through a weblog', async () => {
    const text = JSON.stringify(xsuaaCredentials(chain), null, 2);
    const broken = text.replaceAll(String.raw`\n`, '\n');
    const typographic = text.replaceAll('"', '”').replaceAll('-----', '—–');
    for (const damaged of [broken, broken.replaceAll('\n', '\r\n'), typographic]) {
      expect(await extract(damaged)).toMatchObject({ exitCode: 0, err: '' });
      expect(read(keystoreName)).toBe(chain.key + chain.certificate);
    }
  });

  it('splits a keystore into files: PKCS#12 with its password, and PEM', async () => {
    const { leaf, intermediate, root } = chain;
    const certificates = [leaf.certificate, intermediate.certificate, root.certificate] as const;
    const p12 = writePkcs12({ key: leaf.key, certificates, password: 'x', alias: 'a', algorithms: 'legacy' });
    writeFileSync(join(folder(), 'client.p12'), p12);
    writeFileSync(join(folder(), 'password.txt'), 'x\n');
    const run = await runInProcess(
      ['cert', 'extract', 'client.p12', '--password-file', 'password.txt', '--name', 'client.pem'],
      { cwd: folder() },
    );
    expect(run).toMatchObject({ exitCode: 0, err: '' });
    expect(run.out).toContain('outdated');
    const { key } = readKeystore(read('client.pem'));
    expect(key.key.equals(leaf.key)).toBe(true);
    expect(read('certificate.cer')).toBe(chain.certificate);
    expect(await extract(chain.certificate + chain.key, '--out', 'two')).toMatchObject({ exitCode: 0 });
    const missing = await runInProcess(['cert', 'extract', 'client.p12'], { cwd: folder() });
    expect(missing).toMatchObject({ exitCode: 1, err: expect.stringContaining('--password-file') as string });
  });

  it('takes folder and name of the keystore from options', async () => {
    await extract(keyOutput(), '--out', 'keys/eu', '--name', 'store.pem');
    expect(readdirSync(join(folder(), 'keys', 'eu')).toSorted()).toEqual([
      '.mtls-files.json',
      'certificate.cer',
      'privateKey.txt',
      'store.pem',
    ]);
  });

  it.each(['../store.pem', 'store.p12', 'store', 'certificate.cer'])(
    'refuses %s as the name of a keystore',
    async (name) => {
      expect(await extract(keyOutput(), '--name', name)).toMatchObject({
        exitCode: 2,
        err: expect.stringContaining('keystore') as string,
      });
    },
  );

  it('asks for --service when several have a certificate and lists them', async () => {
    const services = {
      xsuaa: [service('xsuaa', 'mtlsXsuaa', xsuaaCredentials(chain))],
      identity: [service('identity', 'mtlsIas', { ...xsuaaCredentials(other), certurl: undefined })],
    };
    const run = await extract(JSON.stringify(services));
    expect(run).toMatchObject({ exitCode: 2, out: '' });
    expect(run.err).toContain('mtlsXsuaa, mtlsIas');
    expect(await extract(JSON.stringify(services), '--service', 'mtlsIas')).toMatchObject({ exitCode: 0 });
    expect(read('mtlsIas_client_certificate.pem')).toBe(other.key + other.certificate);
  });

  it('puts a shuffled chain in order and says so', async () => {
    const { leaf, intermediate, root, key } = chain;
    const { out } = await extract(
      keyOutput(xsuaaCredentials({ key, certificate: root.pem + leaf.pem + intermediate.pem })),
    );
    expect(read('certificate.cer')).toBe(chain.certificate);
    expect(out).toContain('The chain was not in order');
  });

  it.each<readonly [string, RegExp, () => Record<string, unknown>]>([
    [
      'a gap in the chain',
      /gap.*"CN=Test Client CA".*missing/,
      () => ({ certificate: chain.leaf.pem + chain.root.pem }),
    ],
    ['a key of another pair', /belongs to none/, () => ({ key: other.key })],
    ['a certificate without key', /no private key/, () => ({ key: undefined })],
    [
      'a secret instead of a certificate',
      /credential type binding-secret/,
      () => ({ certificate: undefined, key: undefined, 'credential-type': 'binding-secret' }),
    ],
    ['a cut-off certificate', /cannot be read/, () => ({ certificate: chain.certificate.slice(0, 300) })],
  ])('refuses %s, says what to do and writes nothing', async (_, message, damage) => {
    const { exitCode, err } = await extract(keyOutput({ ...xsuaaCredentials(chain), ...damage() }));
    expect(exitCode).toBe(1);
    expect(err).toMatch(message);
    expect(err.split('\n').length).toBeGreaterThan(1);
    expect(existsSync(path('privateKey.txt'))).toBe(false);
  });

  it('refuses an expired certificate and tells how to get another', async () => {
    const run = await runInProcess(['cert', 'extract', '-'], {
      cwd: folder(),
      stdin: keyOutput(),
      now: () => Date.now() + 8 * DAY_MS,
    });
    expect(run.exitCode).toBe(1);
    expect(run.err).toMatch(/expired on .*\n.*cf bind-service/);
    expect(existsSync(path('privateKey.txt'))).toBe(false);
  });

  it('runs again on its own files, also after the certificate was renewed, but not over those of others', async () => {
    await extract(keyOutput());
    expect(await extract(keyOutput())).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('unchanged') as string,
    });
    expect(await extract(keyOutput(xsuaaCredentials(other)))).toMatchObject({ exitCode: 0 });
    writeFileSync(path('privateKey.txt'), 'mine');
    expect(await extract(keyOutput())).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('--force') as string,
    });
    expect(read('privateKey.txt')).toBe('mine');
    expect(await extract(keyOutput(), '--force')).toMatchObject({ exitCode: 0 });
  });

  it('prints JSON: the chain, what a destination needs, and the files', async () => {
    const { out } = await extract(keyOutput(), '--json');
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(report).toMatchObject({
      source: { input: 'standard input', service: 'mtlsXsuaa' },
      clientId: 'sb-mtlsxsuaa!t81786',
      tokenServiceURL: 'https://sub.authentication.cert.us10.hana.ondemand.com/oauth/token',
      chain: [{ role: 'leaf', daysLeft: 6, key: 'RSA 2048' }, { role: 'intermediate' }, { role: 'root' }],
      hosts: ['sub.authentication.cert.us10.hana.ondemand.com'],
      mended: [],
      findings: [],
      files: { keystore: path(keystoreName) },
    });
  });

  it('prints a failure as JSON too', async () => {
    const { out, exitCode } = await extract('nothing', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'credential-unrecognised', remedy: expect.any(String) as string },
    });
  });

  it('colours only where the terminal takes it', async () => {
    const escape = String.fromCharCode(27);
    const run = (colour: boolean): Promise<CliRun> =>
      runInProcess(['cert', 'extract', '-'], { cwd: folder(), stdin: keyOutput(), colour });
    expect((await run(false)).out).not.toContain(escape);
    expect((await run(true)).out).toContain(escape);
  });
});
