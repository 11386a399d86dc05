import { execFileSync } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trustClientFile } from '../../src/control/trust-client';

describe('trustClientFile', () => {
  let cwd: string;
  let trusted: X509Certificate[];
  const router = { trustClient: (certificate: X509Certificate) => void trusted.push(certificate) };

  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'trust-client-test-'));
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' });
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];
    openssl('req', '-x509', ...newKey, 'client.key', '-subj', '/O=Example/CN=client', '-out', 'client.crt');
    openssl('req', '-new', ...newKey, 'issued.key', '-subj', '/CN=issued', '-out', 'issued.csr');
    const issuer = ['-CA', 'client.crt', '-CAkey', 'client.key', '-CAcreateserial'];
    openssl('x509', '-req', '-in', 'issued.csr', ...issuer, '-out', 'issued.crt');
  });
  beforeEach(() => {
    trusted = [];
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it('trusts a self-signed certificate in the folder of whoever gave the command', async () => {
    expect(await trustClientFile('client.crt', { cwd }, router)).toBe(
      'Certificate routes now accept the client certificate CN=client,O=Example.\n',
    );
    expect(trusted.map(({ subject }) => subject)).toEqual(['O=Example\nCN=client']);
  });

  it('refuses one that another has issued', async () => {
    await expect(trustClientFile('issued.crt', { cwd }, router)).rejects.toThrow(/^issued\.crt is not self-signed: /);
    expect(trusted).toEqual([]);
  });

  it('names a file that is not there, and one that holds something else', async () => {
    writeFileSync(join(cwd, 'other.txt'), 'hello');
    await expect(trustClientFile('none.crt', { cwd }, router)).rejects.toThrow('none.crt cannot be read (ENOENT).');
    await expect(trustClientFile('other.txt', { cwd }, router)).rejects.toThrow(
      'other.txt holds no certificate in PEM.',
    );
  });
});
