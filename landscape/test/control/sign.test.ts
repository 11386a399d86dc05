import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { signFile } from '../../src/control/sign';

describe('signFile', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'sign-test-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  const signed: unknown[] = [];
  const ca = {
    signClient: async (request: { readonly subject: unknown }, days: number) => {
      signed.push([request.subject, days]);
      return 'a chain\n';
    },
  };

  it('signs a request that lies in the folder of whoever gave the command', async () => {
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem'];
    execFileSync('openssl', ['req', '-new', ...newKey, '-subj', '/CN=my-app', '-out', 'csr.pem'], {
      cwd,
      stdio: 'pipe',
    });
    expect(await signFile('csr.pem', { cwd, days: 3 }, ca)).toBe('a chain\n');
    expect(signed).toEqual([[[{ CN: ['my-app'] }], 3]]);
  });

  it('names a file that is not there', async () => {
    await expect(signFile('csr.pem', { cwd, days: 3 }, ca)).rejects.toThrow('csr.pem cannot be read (ENOENT).');
  });

  it('names a file that holds something else', async () => {
    writeFileSync(join(cwd, 'csr.pem'), 'hello');
    await expect(signFile('csr.pem', { cwd, days: 3 }, ca)).rejects.toThrow(
      /^csr\.pem is no certificate signing request in PEM\. Make one: openssl req -new /,
    );
  });
});
