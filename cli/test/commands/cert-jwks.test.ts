import { createPublicKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePkcs12 } from '../../src/pki/pkcs12/write';
import { xsuaaCredentials } from '../support/credentials';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { makeChain, type TestChain } from '../support/test-chain';

const DAY_MS = 86_400_000;
const folder = useTemporaryFolder();
const run = (args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}): Promise<CliRun> =>
  runInProcess(['cert', ...args], { cwd: folder(), ...options });
const keysIn = ({ out }: CliRun): Array<Record<string, unknown>> =>
  (JSON.parse(out) as { keys: Array<Record<string, unknown>> }).keys;

let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain();
});

describe('mtls cert jwks', () => {
  it.each([
    ['rsa', 'RS256'],
    ['ec', 'ES256'],
  ])('prints the certificate that mtls cert self-signed made (%s)', async (type, alg) => {
    await run(['self-signed', '--key-type', type]);
    const printed = await run(['jwks', 'certificate/client.crt']);
    expect(printed).toMatchObject({ exitCode: 0, err: '' });
    const [key = {}, ...more] = keysIn(printed);
    expect(more).toEqual([]);
    expect(key).toMatchObject({ alg, use: 'sig', x5c: [expect.any(String) as string] });
    const certificate = new X509Certificate(Buffer.from(String((key['x5c'] as string[])[0]), 'base64'));
    expect(createPublicKey({ key, format: 'jwk' }).equals(certificate.publicKey)).toBe(true);
  });

  it('never prints a private member, though the file holds the private key', async () => {
    const printed = await run(['jwks', '-'], { stdin: chain.key + chain.certificate });
    const [key = {}] = keysIn(printed);
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t#S256']);
    expect(printed.out).not.toContain('PRIVATE');
    const own = chain.leaf.key.export({ format: 'jwk' });
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) expect(printed.out).not.toContain(own[member]);
  });

  it('prints several certificates as one set, each once: the old and the new one of a rotation', async () => {
    await run(['self-signed', '--key-type', 'ec']);
    await run(['self-signed', '--key-type', 'ec', '--name', 'next']);
    const files = ['certificate/client.crt', 'certificate/next.crt', 'certificate/client.crt'];
    const keys = keysIn(await run(['jwks', ...files]));
    expect(keys).toHaveLength(2);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
  });

  it('reads whatever holds the certificate: DER, an encrypted keystore, a service key', async () => {
    const expected = (await run(['jwks', '-'], { stdin: chain.certificate })).out;
    const certificates = [chain.leaf.certificate, chain.intermediate.certificate, chain.root.certificate] as const;
    const request = { key: chain.leaf.key, certificates, password: 'x', alias: 'a', algorithms: 'modern' } as const;
    const readStdin = async (): Promise<Buffer> => writePkcs12(request);
    expect((await run(['jwks', '-', '--password-env', 'P'], { readStdin, env: { P: 'x' } })).out).toBe(expected);
    expect((await run(['jwks', '-'], { stdin: JSON.stringify(xsuaaCredentials(chain)) })).out).toBe(expected);
    const der = await run(['jwks', '-'], { readStdin: async () => chain.leaf.certificate.raw });
    expect(keysIn(der)).toMatchObject([{ kid: keysIn({ exitCode: 0, out: expected, err: '' })[0]?.['kid'] }]);
  });

  it('prints the same set however the file is damaged by JSON or a terminal', async () => {
    const expected = (await run(['jwks', '-'], { stdin: chain.certificate })).out;
    for (const stdin of [
      chain.certificate.replaceAll('\n', String.raw`\n`),
      chain.certificate.replaceAll('\n', '\r\n'),
    ])
      expect((await run(['jwks', '-'], { stdin })).out).toBe(expected);
  });

  it('says that a certificate has expired, and prints no set (S2-12)', async () => {
    const printed = await run(['jwks', '-'], { stdin: chain.certificate, now: () => Date.now() + 8 * DAY_MS });
    expect(printed).toMatchObject({ exitCode: 1, out: '' });
    expect(printed.err).toMatch(
      /"CN=client,.*" in standard input expired on \d{4}-.*\n {2}Make a new one \(mtls cert self-signed\)/,
    );
  });

  it('notes that a certificate is not valid yet, beside the set', async () => {
    const printed = await run(['jwks', '-'], { stdin: chain.certificate, now: () => Date.now() - DAY_MS });
    expect(printed.exitCode).toBe(0);
    expect(printed.err).toMatch(/^Note {2}"CN=client,.*" is valid only from /);
    expect(keysIn(printed)).toHaveLength(1);
  });

  it.each([
    [['jwks'], 2, 'missing required argument'],
    [['jwks', 'no-such-file'], 2, 'no-such-file cannot be read'],
    [['jwks', '-', '-'], 2, 'read once only'],
    [['jwks', 'text'], 1, 'is nothing that holds a certificate'],
    [['jwks', 'key'], 1, 'There is no certificate in key'],
  ])('fails on %j with exit code %i', async (args, exitCode, message) => {
    writeFileSync(join(folder(), 'text'), 'no PEM');
    writeFileSync(join(folder(), 'key'), chain.key);
    expect(await run(args)).toMatchObject({ exitCode, out: '', err: expect.stringContaining(message) as string });
  });
});
