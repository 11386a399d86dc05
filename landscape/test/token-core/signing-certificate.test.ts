import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SigningKey } from '../../src/token-core/signing-key';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'landscape-certificate-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

const open = (service: string) => SigningKey.open({ stateFolder, now: Date.now, service, kidPrefix: '' });

describe('the certificate of a signing key', () => {
  it('holds the key, and openssl verifies it by itself', async () => {
    const key = await open('identity');
    const certificate = await key.certify('localhost:5447');
    expect(certificate.publicKey.export({ type: 'spki', format: 'pem' })).toBe(key.publicPem);
    const file = join(stateFolder, 'certificate.pem');
    writeFileSync(file, certificate.toString());
    const args = ['verify', '-check_ss_sig', '-CAfile', file, file];
    expect(execFileSync('openssl', args, { encoding: 'utf8' })).toContain('OK');
    expect(certificate.subject).toContain('CN=localhost:5447');
    expect(certificate.ca).toBe(false);
  });

  it('is the same after a restart, and another one for another key or name', async () => {
    const [first, again] = [await open('identity'), await open('identity')];
    const certificate = await first.certify('a');
    expect((await again.certify('a')).raw.equals(certificate.raw)).toBe(true);
    expect((await again.certify('b')).raw.equals(certificate.raw)).toBe(false);
    expect((await (await open('other')).certify('a')).raw.equals(certificate.raw)).toBe(false);
  });
});
