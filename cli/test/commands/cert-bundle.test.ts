import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { consumerNames, consumers, type ConsumerName } from '../../src/pki/consumers';
import { cfServiceKeyOutput, xsuaaCredentials } from '../support/credentials';
import { itWith, runOracle } from '../support/openssl';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';

const folder = useTemporaryFolder();
const PASSWORD = 'correct horse';
let chain: TestChain;
let other: TestChain;
let server: TestCertificate;
beforeAll(async () => {
  [chain, other] = await Promise.all([makeChain(), makeChain()]);
  server = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server' });
});

const path = (name: string): string => join(folder(), 'certificate', name);
const read = (name: string): string => readFileSync(path(name), 'utf8');
const bundle = (...args: string[]): Promise<CliRun> =>
  runInProcess(['cert', 'bundle', ...args], { cwd: folder(), env: { NEW: PASSWORD } });
const keyFile = (): string => {
  writeFileSync(join(folder(), 'key.txt'), cfServiceKeyOutput('mtlsXsuaa', xsuaaCredentials(chain)));
  return 'key.txt';
};
const written = (): string[] => readdirSync(join(folder(), 'certificate')).filter((name) => !name.startsWith('.'));

/** Shows the certificate in a real handshake and returns the thumbprint that the server saw and verified. */
async function present(credential: Pick<TlsOptions, 'key' | 'cert' | 'pfx' | 'passphrase'>): Promise<string> {
  const listener = createServer({
    key: pkcs1(server.key),
    cert: server.pem,
    ca: chain.root.pem,
    requestCert: true,
    rejectUnauthorized: true,
  });
  listener.listen(0, 'localhost');
  await once(listener, 'listening');
  const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
  const { port } = listener.address() as AddressInfo;
  const client = connect({ host: 'localhost', port, ca: chain.root.pem, ...credential });
  const [socket] = await accepted;
  const { fingerprint256 } = socket.getPeerCertificate();
  client.destroy();
  socket.destroy();
  listener.close();
  await once(listener, 'close');
  return fingerprint256;
}

describe('mtls cert bundle', () => {
  it.each<readonly [ConsumerName, readonly string[]]>([
    ['destination', ['mtlsXsuaa_client_certificate.pem']],
    ['approuter', ['mtlsXsuaa_client_certificate.p12']],
    ['cloud-sdk', ['mtlsXsuaa_client_certificate.pem']],
    ['postman', ['mtlsXsuaa_client_certificate.crt', 'mtlsXsuaa_client_certificate.key']],
    ['strust', ['mtlsXsuaa_client_certificate.p12']],
    ['integration', ['mtlsXsuaa_client_certificate.p12']],
  ])('writes for %s what it reads, and says what to do with it', async (consumer, names) => {
    const { exitCode, out, err } = await bundle(keyFile(), '--for', consumer, '--new-password-env', 'NEW');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(written()).toEqual([...names]);
    expect(out).toContain('Next:');
    expect(out.split('Next:')[1]).toContain(names[0]);
    expect(out).not.toContain(PASSWORD);
    expect(out).not.toContain(chain.key.split('\n')[3]);
    if (process.platform !== 'win32')
      expect(names.map((name) => statSync(path(name)).mode & 0o777)).toEqual(
        names.map((name) => (name.endsWith('.crt') ? 0o644 : 0o600)),
      );
  });

  it('covers each consumer', () => {
    expect(Object.keys(consumers).toSorted()).toEqual([...consumerNames].toSorted());
  });

  it('writes files that show the certificate in a handshake, whole chain included', async () => {
    const { fingerprint256 } = chain.leaf.certificate;
    await bundle(keyFile(), '--for', 'postman', '--name', 'pair');
    expect(await present({ cert: read('pair.crt'), key: read('pair.key') })).toBe(fingerprint256);
    await bundle(keyFile(), '--for', 'destination', '--name', 'store');
    expect(await present({ cert: read('store.pem'), key: read('store.pem') })).toBe(fingerprint256);
    await bundle(keyFile(), '--for', 'approuter', '--name', 'modern', '--new-password-env', 'NEW');
    expect(await present({ pfx: readFileSync(path('modern.p12')), passphrase: PASSWORD })).toBe(fingerprint256);
  });

  itWith('openssl', ['version'])('encrypts the key within PEM when asked, so that openssl opens it', async () => {
    await bundle(keyFile(), '--format', 'pair', '--encrypt-key', '--name', 'c', '--new-password-env', 'NEW');
    expect(read('c.key')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    const opened = runOracle('openssl', ['pkey', '-in', path('c.key'), '-passin', `pass:${PASSWORD}`, '-pubout']);
    expect(opened).toBe(runOracle('openssl', ['x509', '-in', path('c.crt'), '-noout', '-pubkey']));
  });

  it('encrypts an outdated keystore anew', async () => {
    await bundle(keyFile(), '--format', 'p12', '--legacy', '--name', 'old', '--new-password-env', 'NEW');
    const args = ['certificate/old.p12', '--format', 'p12', '--name', 'new', '--new-password-env', 'NEW'];
    const { exitCode, out } = await bundle(...args, '--password-env', 'NEW');
    expect(exitCode).toBe(0);
    expect(out).toContain('outdated');
    const inspect = (name: string): Promise<CliRun> =>
      runInProcess(['cert', 'inspect', path(name), '--password-env', 'NEW'], { env: { NEW: PASSWORD } });
    expect((await inspect('old.p12')).out).toContain('keystore-legacy');
    expect(await inspect('new.p12')).toMatchObject({ exitCode: 0, out: expect.stringContaining('AES-256') as string });
  });

  it('merges a certificate, its issuers in any order, and its key from files of their own', async () => {
    writeFileSync(join(folder(), 'ca.pem'), chain.root.pem + chain.intermediate.pem);
    writeFileSync(join(folder(), 'cert.pem'), chain.leaf.pem);
    writeFileSync(join(folder(), 'key.key'), chain.key);
    expect(await bundle('ca.pem', 'cert.pem', 'key.key', '--name', 'all')).toMatchObject({ exitCode: 0 });
    expect(read('all.pem')).toBe(chain.key + chain.certificate);
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['PEM for the approuter', ['--for', 'approuter', '--format', 'pem'], /expected p12/],
    ['PEM for STRUST', ['--for', 'strust', '--format', 'pem'], /PSE/],
    ['PEM for Cloud Integration', ['--for', 'integration', '--format', 'pair'], /\.p12 or \.pfx only/],
    ['one PEM file for Postman', ['--for', 'postman', '--format', 'pem'], /files of their own/],
    ['two files for the Destination Service', ['--for', 'destination', '--format', 'pair'], /one file only/],
    ['an encrypted PEM key for it', ['--for', 'destination', '--encrypt-key'], /documented nowhere/],
    ['a name with dots for the Cloud SDK', ['--for', 'cloud-sdk', '--name', 'my.company'], /first dot/],
  ])('refuses %s with the reason and writes nothing', async (_, args, reason) => {
    const { exitCode, err } = await bundle(keyFile(), ...args, '--new-password-env', 'NEW');
    expect(exitCode).toBe(1);
    expect(err).toMatch(reason);
    expect(existsSync(join(folder(), 'certificate'))).toBe(false);
  });

  it('refuses a key of another certificate and an expired one, and writes nothing', async () => {
    writeFileSync(join(folder(), 'wrong.pem'), other.key + chain.certificate);
    expect(await bundle('wrong.pem')).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/belongs to none/) as string,
    });
    const later = await runInProcess(['cert', 'bundle', keyFile()], { cwd: folder(), now: () => Date.now() + 8e8 });
    expect(later).toMatchObject({ exitCode: 1, err: expect.stringContaining('expired') as string });
    expect(existsSync(join(folder(), 'certificate'))).toBe(false);
  });

  it('asks twice for a new password, and takes no weak or unclear one', async () => {
    const withAnswers = (...answers: string[]): Promise<CliRun> =>
      runInProcess(['cert', 'bundle', keyFile(), '--format', 'p12'], {
        cwd: folder(),
        readSecret: async () => answers.shift() ?? '',
      });
    expect(await withAnswers('one', 'two')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('same') as string,
    });
    expect(await withAnswers('', '')).toMatchObject({ exitCode: 2 });
    expect(await withAnswers('pässwörd', 'pässwörd')).toMatchObject({ exitCode: 2 });
    expect(await withAnswers(PASSWORD, PASSWORD)).toMatchObject({ exitCode: 0 });
  });

  it.each([
    [['--format', 'p12']],
    [['--for', 'nobody']],
    [['--legacy']],
    [['--format', 'p12', '--encrypt-key', '--new-password-env', 'NEW']],
    [['--name', '../store']],
    [['--format', 'p12', '--new-password-env', 'UNSET']],
  ])('exits with 2 on wrong usage: %p', async (args) => {
    expect(await bundle(keyFile(), ...args)).toMatchObject({ exitCode: 2, out: '' });
  });

  it('refuses two credentials where one is meant', async () => {
    writeFileSync(join(folder(), 'one.pem'), chain.key + chain.certificate);
    writeFileSync(join(folder(), 'two.pem'), other.key + other.certificate);
    expect(await bundle('one.pem', 'two.pem')).toMatchObject({ exitCode: 2 });
  });
});
