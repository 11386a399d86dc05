import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../src/failure';
import { formatPem } from '../src/pki/pem';
import { writePkcs12 } from '../src/pki/pkcs12/write';
import { readCredentials } from '../src/pki/read-credential';
import { useBuiltCli } from './support/built-cli';
import { xsuaaCredentials } from './support/credentials';
import { useTemporaryFolder } from './support/temporary-folder';
import { issue, makeChain, type TestChain } from './support/test-chain';

/** Time is that of the processors: what else runs on this computer does not count. */
const LIMIT = { cpu: 2000, memory: 200 };
const MB = 1_000_000;
/** Bytes that are just read: more than 2 MB are refused unread. */
const LARGE = 1.9 * MB;
const run = useBuiltCli();
const folder = useTemporaryFolder();

let chain: TestChain;
let p12: Buffer;
/** A thousand certificates with one name, none of which has issued another, though each may look so. */
let namesakes: string;
beforeAll(async () => {
  chain = await makeChain();
  const { leaf, intermediate, root } = chain;
  const certificates = [leaf.certificate, intermediate.certificate, root.certificate] as const;
  p12 = writePkcs12({ key: leaf.key, certificates, password: 'x', alias: 'a', algorithms: 'legacy' });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rogue = await issue({ name: 'CN=same' });
  const made: string[] = [];
  for (let index = 0; index < 1000; index += 1)
    made.push((await issue({ name: 'CN=same', issuer: rogue, use: 'client', key: privateKey })).pem);
  namesakes = made.join('');
});

const repeatTo = (size: number, text: string): string => text.repeat(Math.floor(size / Buffer.byteLength(text)));
const deep = (size: number): Buffer => Buffer.from(repeatTo(2 * size, '3080'), 'hex');
/** A SEQUENCE in DER with that content, of 64 KB at least. */
const sequence = (content: Buffer): Buffer => {
  const header = Buffer.from('3083000000', 'hex');
  header.writeUIntBE(content.length, 2, 3);
  return Buffer.concat([header, content]);
};
/** The first bytes of a PKCS#12 file, whose content then never ends. */
const deepKeystore = (): Buffer =>
  Buffer.concat([Buffer.from('308002010330800609', 'hex'), Buffer.from('2a864886f70d010701', 'hex'), deep(LARGE)]);
const block = (label: string, der: Buffer): string => formatPem({ label, der });
/** So that it is read as PEM. */
const withMarker = (text: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.from('END CERTIFICATE-')]);

const inputs: ReadonlyArray<readonly [string, () => string | Buffer]> = [
  ['10 MB of random bytes', () => randomBytes(10 * MB)],
  ['random bytes', () => randomBytes(LARGE)],
  ['random bytes with a marker', () => withMarker(randomBytes(LARGE))],
  ['random bytes that begin as DER', () => Buffer.concat([sequence(randomBytes(LARGE)), randomBytes(2)])],
  ['random bytes in DER', () => sequence(randomBytes(LARGE))],
  ['base64', () => randomBytes(0.74 * LARGE).toString('base64')],
  ['base64 as a certificate', () => block('CERTIFICATE', sequence(randomBytes(0.72 * LARGE)))],
  ['BEGIN lines', () => repeatTo(LARGE, '-----BEGIN CERTIFICATE-----\n')],
  ['dashes', () => '-'.repeat(LARGE)],
  ['typographic dashes', () => withMarker(repeatTo(LARGE, '\u2013a'))],
  ['bytes that are no UTF-8', () => withMarker(Buffer.alloc(LARGE, 0xff))],
  ['soft hyphens', () => withMarker(repeatTo(LARGE, '\u00ADa'))],
  [
    'quotation marks in a block',
    () => `-----BEGIN CERTIFICATE-----\n${repeatTo(LARGE, '"a')}\n-----END CERTIFICATE-----`,
  ],
  ['blanks in a block', () => `-----BEGIN CERTIFICATE-----\n${repeatTo(LARGE, 'a ')}\n-----END CERTIFICATE-----`],
  ['blanks', () => repeatTo(LARGE, 'a ')],
  ['backslashes', () => `{"certificate":"${'\\'.repeat(LARGE)}`],
  ['escaped line breaks', () => withMarker(repeatTo(LARGE, String.raw`\n`))],
  ['braces', () => repeatTo(LARGE, '{\n')],
  ['deep JSON', () => repeatTo(LARGE, '{"a":')],
  ['deep JSON that is whole', () => `${'{"uaa":'.repeat(LARGE / 8)}1${'}'.repeat(LARGE / 8)}`],
  ['1,000 certificates', () => namesakes],
  ['999 certificates with one name', () => namesakes.slice(0, namesakes.lastIndexOf('-----BEGIN'))],
  [
    '400 pairs in JSON',
    () =>
      `{"xsuaa":[${Array.from({ length: 400 }, () => JSON.stringify({ credentials: { ...xsuaaCredentials(chain), key: 'x' } })).join(',')}]}`,
  ],
  ['deep DER', () => deep(LARGE)],
  ['deep DER as a certificate', () => block('CERTIFICATE', sequence(deep(0.72 * LARGE)))],
  ['deep DER as an encrypted key', () => block('ENCRYPTED PRIVATE KEY', sequence(deep(0.72 * LARGE)))],
  ['a keystore without end', deepKeystore],
  ['a keystore with much behind it', () => Buffer.concat([p12, randomBytes(0.9 * LARGE)])],
];

describe('hostile input', () => {
  it.each(inputs)('%s ends with a named error, in time and memory', async (_, make) => {
    writeFileSync(join(folder(), 'input'), make());
    const { exitCode, out, err, usage } = await run(
      ['cert', 'inspect', 'input', '--json', '--password-env', 'HOSTILE'],
      { cwd: folder(), env: { HOSTILE: 'x', NODE_OPTIONS: '--max-old-space-size=120' } },
    );
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
    const report = JSON.parse(out) as { findings?: Array<{ code: string }>; error?: { code: string } };
    const code = report.error?.code ?? report.findings?.[0]?.code;
    expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
    expect(code).not.toBe('unexpected');
    expect(usage.cpu).toBeLessThan(LIMIT.cpu);
    expect(usage.memory).toBeLessThan(LIMIT.memory);
  });

  it.each<readonly [string, () => Buffer]>([
    ['PEM', () => Buffer.from(chain.key + chain.leaf.pem)],
    ['DER', () => chain.leaf.certificate.raw],
    ['PKCS#12', () => p12],
    ['a service key', () => Buffer.from(JSON.stringify(xsuaaCredentials(chain), null, 2))],
  ])('%s that is cut off anywhere is read as far as it is whole, or refused by name', async (_, make) => {
    const whole = make();
    const codes = new Set<string>();
    for (let length = 0; length < whole.length; length += 37) {
      try {
        await readCredentials({ bytes: whole.subarray(0, length), name: 'file' }, { askPassword: async () => 'x' });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        codes.add(error.code);
      }
    }
    expect(codes.size).toBeGreaterThan(0);
    expect([...codes]).not.toContain('unexpected');
  });
});
