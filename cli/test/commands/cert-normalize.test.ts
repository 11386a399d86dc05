import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePkcs12 } from '../../src/pki/pkcs12/write';
import { itWith, runOracle } from '../support/openssl';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { makeChain, type TestChain } from '../support/test-chain';

const folder = useTemporaryFolder();
let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain();
});

const normalize = (content: string | Buffer, ...args: string[]): Promise<CliRun> => {
  writeFileSync(join(folder(), 'in.txt'), content);
  return runInProcess(['cert', 'normalize', 'in.txt', ...args], { cwd: folder() });
};
const escaped = (pem: string): string => pem.replaceAll('\n', String.raw`\n`);

describe('mtls cert normalize', () => {
  it('prints certificates as they should be, and what it mended to standard error', async () => {
    const { exitCode, out, err } = await normalize(`"${escaped(chain.certificate)}"`);
    expect({ exitCode, out: `${out}\n` }).toEqual({ exitCode: 0, out: chain.certificate });
    expect(err).toContain(String.raw`"\n" in place of line breaks`);
  });

  it('leaves what is normal as it is, and the order, too', async () => {
    const { intermediate, leaf } = chain;
    const pem = intermediate.pem + leaf.pem;
    expect(await normalize(pem)).toEqual({ exitCode: 0, out: pem.trimEnd(), err: '' });
  });

  itWith('awk', ['1'])('agrees with the awk that people use, byte for byte', async () => {
    for (const pem of [chain.certificate, chain.leaf.pem]) {
      const text = escaped(pem).replace(/\\n$/, '\n');
      const { out } = await normalize(text);
      expect(`${out}\n`).toBe(runOracle('awk', [String.raw`{gsub(/\\n/,"\n")}1`], text));
    }
    const key = escaped(chain.key).replace(/\\n$/, '\n');
    await normalize(key, '--out', 'key.pem');
    expect(readFileSync(join(folder(), 'key.pem'), 'utf8')).toBe(
      runOracle('awk', [String.raw`{gsub(/\\n/,"\n")}1`], key),
    );
  });

  it('writes a private key into a file for you alone, and never prints it', async () => {
    const refused = await normalize(escaped(chain.key));
    expect(refused).toMatchObject({ exitCode: 2, out: '' });
    const { exitCode, out } = await normalize(escaped(chain.key + chain.certificate), '--out', 'keys/all.pem');
    expect(exitCode).toBe(0);
    expect(out).toContain('RSA PRIVATE KEY, CERTIFICATE');
    const path = join(folder(), 'keys', 'all.pem');
    expect(readFileSync(path, 'utf8')).toBe(chain.key + chain.certificate);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    const json = await normalize(escaped(chain.key), '--json');
    expect(json.out).not.toContain(chain.key.split('\n')[3]);
  });

  it('keeps an encrypted key encrypted', async () => {
    const types = [
      { type: 'pkcs8', cipher: 'aes-256-cbc' },
      { type: 'pkcs1', cipher: 'des-ede3-cbc' },
    ] as const;
    for (const type of types) {
      const pem = chain.leaf.key.export({ ...type, format: 'pem', passphrase: 'x' }).toString();
      await normalize(pem.replaceAll('\n', ' '), '--out', 'key.pem', '--force');
      expect(readFileSync(join(folder(), 'key.pem'), 'utf8')).toBe(pem);
    }
  });

  it('writes PEM from DER and from base64 of either', async () => {
    const { raw } = chain.leaf.certificate;
    const inputs = [raw, raw.toString('base64'), Buffer.from(chain.leaf.pem).toString('base64')];
    for (const input of inputs) expect((await normalize(input)).out).toBe(chain.leaf.pem.trimEnd());
  });

  it('says in JSON what it found and mended', async () => {
    const { out } = await normalize(chain.certificate.replaceAll('-----', '—–'), '--json');
    expect(JSON.parse(out)).toEqual({
      labels: ['CERTIFICATE', 'CERTIFICATE', 'CERTIFICATE'],
      repairs: ['typographic dashes in place of "-----"', 'not five dashes around BEGIN and END'],
      pem: chain.certificate,
    });
  });

  it('does not overwrite the file of somebody else', async () => {
    writeFileSync(join(folder(), 'mine.pem'), 'mine');
    expect(await normalize(chain.certificate, '--out', 'mine.pem')).toMatchObject({ exitCode: 1 });
    expect(readFileSync(join(folder(), 'mine.pem'), 'utf8')).toBe('mine');
    expect(await normalize(chain.certificate, '--out', 'mine.pem', '--force')).toMatchObject({ exitCode: 0 });
  });

  it('sends a keystore to the command that reads it, and damage to where it came from', async () => {
    const { leaf } = chain;
    const request = { key: leaf.key, certificates: [leaf.certificate], password: 'x', alias: 'a' } as const;
    const p12 = await normalize(writePkcs12({ ...request, algorithms: 'legacy' }));
    expect(p12).toMatchObject({ exitCode: 1, err: expect.stringContaining('mtls cert extract in.txt') as string });
    expect(await normalize(chain.certificate.slice(0, 300), '--out', 'x.pem')).toMatchObject({ exitCode: 1 });
    expect(existsSync(join(folder(), 'x.pem'))).toBe(false);
  });
});
