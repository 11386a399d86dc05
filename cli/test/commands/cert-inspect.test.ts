import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cfEnvOutput, service, xsuaaCredentials } from '../support/credentials';
import { itWith, runOracle } from '../support/openssl';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { makeChain, type TestChain } from '../support/test-chain';

const folder = useTemporaryFolder();
let chain: TestChain;
let other: TestChain;
beforeAll(async () => {
  [chain, other] = await Promise.all([makeChain(), makeChain({ leafName: 'CN=other' })]);
});

const write = (name: string, content: string, mode = 0o600): string => {
  writeFileSync(join(folder(), name), content);
  chmodSync(join(folder(), name), mode);
  return name;
};
const inspect = (...args: string[]): Promise<CliRun> => runInProcess(['cert', 'inspect', ...args], { cwd: folder() });

describe('mtls cert inspect', () => {
  it('describes a keystore in which nothing is wrong', async () => {
    const { exitCode, out, err } = await inspect(write('store.pem', chain.key + chain.certificate));
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    for (const text of ['leaf', 'intermediate', 'root', '6 days left', 'belongs to the leaf', 'Nothing is wrong'])
      expect(out.replaceAll(/ {2,}/g, ' ')).toContain(text);
    expect(out).not.toContain(chain.key.split('\n')[3]);
  });

  itWith('openssl', ['version'])('shows subject, issuer and validity as openssl does', async () => {
    const { out } = await inspect('--json', write('leaf.pem', chain.certificate));
    const [leaf] = (JSON.parse(out) as { credentials: [{ identities: [{ chain: [Record<string, string>] }] }] })
      .credentials[0].identities[0].chain;
    const shown = runOracle('openssl', [
      'x509',
      '-in',
      join(folder(), 'leaf.pem'),
      '-noout',
      '-subject',
      '-issuer',
      '-dates',
      '-serial',
      '-nameopt',
      'RFC2253',
      '-dateopt',
      'iso_8601',
    ]);
    expect(shown?.trim().split('\n')).toEqual([
      `subject=${leaf['subject']}`,
      `issuer=${leaf['issuer']}`,
      `notBefore=${leaf['notBefore']?.replace('T', ' ').replace('.000', '')}`,
      `notAfter=${leaf['notAfter']?.replace('T', ' ').replace('.000', '')}`,
      `serial=${leaf['serialNumber']}`,
    ]);
  });

  it('takes certificate, key and issuers from files of their own', async () => {
    const files = [
      write('key.key', chain.key),
      write('ca.pem', chain.root.pem + chain.intermediate.pem),
      write('cert.pem', chain.leaf.pem),
    ];
    expect(await inspect(...files)).toMatchObject({ exitCode: 0, err: '' });
    const wrong = await inspect(write('other.key', other.key), 'cert.pem', 'ca.pem');
    expect(wrong).toMatchObject({ exitCode: 1, out: expect.stringContaining('KEY_VALUES_MISMATCH') as string });
  });

  it('inspects every binding of an environment', async () => {
    const environment = cfEnvOutput({
      xsuaa: [service('xsuaa', 'one', xsuaaCredentials(chain))],
      identity: [service('identity', 'two', xsuaaCredentials({ key: chain.key, certificate: other.certificate }))],
    });
    const { exitCode, out } = await inspect('--json', write('env.txt', environment));
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      credentials: [{ name: 'env.txt, one', findings: [] }, { name: 'env.txt, two' }],
      findings: [{ code: 'key-mismatch', where: 'env.txt, two' }],
    });
  });

  it('reports a file that it cannot read and goes on with the next', async () => {
    const { exitCode, out } = await inspect(
      '--json',
      write('damaged.pem', chain.certificate.slice(0, 400)),
      write('store.pem', chain.key + chain.certificate),
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      credentials: [{ name: 'store.pem' }],
      findings: [{ code: 'pem-damaged', severity: 'error', where: 'damaged.pem' }],
    });
  });

  it('says whether the other side trusts it', async () => {
    const store = write('store.pem', chain.key + chain.certificate);
    expect((await inspect(store, '--trust', write('list.pem', other.root.pem + chain.root.pem))).exitCode).toBe(0);
    const { exitCode, out } = await inspect(store, '--trust', write('others.pem', other.root.pem));
    expect(exitCode).toBe(1);
    expect(out).toMatch(/error +issuer-untrusted/);
  });

  it('warns of what expires soon, only when asked', async () => {
    const store = write('store.pem', chain.key + chain.certificate);
    expect((await inspect(store)).exitCode).toBe(0);
    expect(await inspect(store, '--warn-days', '30')).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('expires in 6 days') as string,
    });
  });

  it('asks for a password once for all files, or takes it from the environment, and never shows it', async () => {
    const key = chain.leaf.key
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'geheim' })
      .toString();
    const files = [write('one.pem', key + chain.certificate), write('two.pem', key + chain.certificate)];
    const questions: string[] = [];
    const asked = await runInProcess(['cert', 'inspect', ...files], {
      cwd: folder(),
      readSecret: async (question) => {
        questions.push(question);
        return 'geheim';
      },
    });
    expect(asked.exitCode).toBe(0);
    expect(questions).toEqual(['Password of the private key in one.pem: ']);
    expect(asked.out).not.toContain('geheim');
    const options = { cwd: folder(), env: { P: 'geheim' } };
    expect((await runInProcess(['cert', 'inspect', 'one.pem', '--password-env', 'P'], options)).exitCode).toBe(0);
    expect((await runInProcess(['cert', 'inspect', 'one.pem', '--password-env', 'Q'], options)).exitCode).toBe(2);
    expect((await inspect('one.pem')).out).toContain('key-encrypted');
  });

  (process.platform === 'win32' ? it.skip : it)('notes a private key that others may read', async () => {
    const { exitCode, out } = await inspect(write('store.pem', chain.key + chain.certificate, 0o644));
    expect(exitCode).toBe(0);
    expect(out).toContain('chmod 600 store.pem');
    expect((await inspect(write('cert.pem', chain.certificate, 0o644))).out).not.toContain('chmod');
  });

  it.each([[[]], [['no-such-file.pem']], [['-', '--warn-days', 'x']], [['-', '--trust', 'no-such-list.pem']]])(
    'exits with 2 on wrong usage: %p',
    async (argv) => {
      expect(await inspect(...argv)).toMatchObject({ exitCode: 2, out: '' });
    },
  );
});
