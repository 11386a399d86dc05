import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';

const folder = useTemporaryFolder();
const path = (...names: string[]): string => join(folder(), ...names);
const read = (...names: string[]): string => readFileSync(path(...names), 'utf8');
const make = (...args: string[]): Promise<CliRun> => runInProcess(['cert', 'self-signed', ...args], { cwd: folder() });
const thumbprintIn = (text: string): string => /x5t#S256\s+([\w-]{43})/.exec(text)?.[1] ?? '';

describe('mtls cert self-signed', () => {
  it('makes an RSA key and a certificate for a year, says what it made and what comes next', async () => {
    const { exitCode, out, err } = await make();
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const certificate = new X509Certificate(read('certificate', 'client.crt'));
    expect(certificate.subject).toBe('CN=mtls-client');
    expect(out).toMatch(/subject +CN=mtls-client\n +issuer +itself\n/);
    expect(out).toContain('365 days left');
    expect(out).toMatch(/key +RSA 2048/);
    expect(Buffer.from(thumbprintIn(out), 'base64url').toString('hex')).toBe(
      certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    );
    expect(out).toContain(`mtls cert jwks ${path('certificate', 'client.crt')}`);
    expect(() =>
      createSecureContext({ key: read('certificate', 'client.key'), cert: certificate.toString() }),
    ).not.toThrow();
  });

  it('takes subject, type of key, days, folder and name from options', async () => {
    const args = [
      '--subject',
      'CN=frontend, O=Example, C=DE',
      '--key-type',
      'ec',
      '--days',
      '7',
      '--out',
      'keys/eu',
      '--name',
      'frontend',
    ];
    const { out } = await make(...args);
    expect(readdirSync(path('keys', 'eu')).toSorted()).toEqual(['.mtls-files.json', 'frontend.crt', 'frontend.key']);
    expect(out).toContain('CN=frontend,O=Example,C=DE');
    expect(out).toContain('7 days left');
    expect(out).toContain('EC P-256');
  });

  it('lets nobody else read the key, and never prints it', async () => {
    for (const args of [[], ['--json']]) {
      const { out, err } = await make(...args);
      expect(out + err).not.toContain('PRIVATE KEY');
      expect(out + err).not.toContain(read('certificate', 'client.key').split('\n')[1]);
    }
    const modes = ['client.key', 'client.crt'].map((name) => statSync(path('certificate', name)).mode & 0o777);
    if (process.platform !== 'win32') expect(modes).toEqual([0o600, 0o644]);
  });

  it('prints JSON', async () => {
    const { out } = await make('--json', '--days', '30');
    expect(JSON.parse(out)).toEqual({
      certificate: expect.objectContaining({ subject: 'CN=mtls-client', daysLeft: 30, key: 'RSA 2048' }) as object,
      files: { key: path('certificate', 'client.key'), certificate: path('certificate', 'client.crt') },
    });
  });

  it('replaces what it made before and says which certificate is gone', async () => {
    const first = thumbprintIn((await make('--key-type', 'ec')).out);
    const second = await make('--key-type', 'ec');
    expect(second).toMatchObject({ exitCode: 0 });
    expect(second.out).toContain(`The certificate ${first} is gone: where that was registered, register this one.`);
    expect(JSON.parse((await make('--key-type', 'ec', '--json')).out)).toMatchObject({
      replaced: thumbprintIn(second.out),
    });
  });

  it('encrypts the key when asked, with a password that is no argument', async () => {
    const encrypted = await runInProcess(
      ['cert', 'self-signed', '--key-type', 'ec', '--encrypt-key', '--new-password-env', 'P'],
      { cwd: folder(), env: { P: 'geheim' } },
    );
    expect(encrypted).toMatchObject({ exitCode: 0 });
    const pem = read('certificate', 'client.key');
    expect(pem).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    const certificate = new X509Certificate(read('certificate', 'client.crt'));
    expect(certificate.checkPrivateKey(createPrivateKey({ key: pem, passphrase: 'geheim' }))).toBe(true);
    expect(await make('--encrypt-key')).toMatchObject({ exitCode: 2 });
  });

  it('does not overwrite files of others, unless it is forced to', async () => {
    writeFileSync(path('client.key'), 'mine');
    const refused = await make('--out', '.');
    expect(refused).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('--force') as string });
    expect(read('client.key')).toBe('mine');
    expect(existsSync(path('client.crt'))).toBe(false);
    expect(await make('--out', '.', '--force')).toMatchObject({ exitCode: 0 });
    expect(read('client.key')).toContain('PRIVATE KEY');
  });

  it('does not overwrite its own key once somebody changed it', async () => {
    await make('--key-type', 'ec');
    writeFileSync(path('certificate', 'client.key'), `${read('certificate', 'client.key')}\nmy note\n`);
    expect(await make('--key-type', 'ec')).toMatchObject({ exitCode: 1 });
    expect(read('certificate', 'client.key')).toContain('my note');
  });

  it.each([
    [['--days', '0'], 'whole number of days from 1 to 3650'],
    [['--days', '3651'], 'whole number of days'],
    [['--days', '1.5'], 'whole number of days'],
    [['--key-type', 'dsa'], 'Allowed choices are rsa, ec'],
    [['--subject', 'client'], 'is not of the form TYPE=value'],
    [['--name', '../client'], 'cannot be the name of a file'],
    [['--name', '.mtls-files'], 'cannot be the name of a file'],
    [['more'], 'too many arguments'],
  ])('exits with 2 on %j and makes nothing', async (args, message) => {
    const run = await make(...args);
    expect(run).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining(message) as string });
    expect(readdirSync(folder())).toEqual([]);
  });
});
