import { formatPem, readPem, readPemBlocks } from '../../src/pki/pem';
import { failureOf } from '../support/failure-of';
import { makeChain, type TestChain } from '../support/test-chain';

let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain();
});

const escaped = (pem: string): string => pem.replaceAll('\n', String.raw`\n`);

describe('readPemBlocks', () => {
  const forms: ReadonlyArray<readonly [string, (pem: string) => string]> = [
    ['as it is', (pem) => pem],
    ['with literal \\n', escaped],
    ['with literal \\r\\n', (pem) => pem.replaceAll('\n', String.raw`\r\n`)],
    ['with CRLF', (pem) => pem.replaceAll('\n', '\r\n')],
    ['on one line', (pem) => pem.replaceAll('\n', '')],
    ['with blanks for line breaks', (pem) => pem.replaceAll('\n', ' ')],
    ['indented', (pem) => pem.replaceAll(/^/gm, '    ')],
    ['in quotes', (pem) => `"${escaped(pem)}"`],
    ['with text around the blocks', (pem) => `subject=CN=x\n${pem}end of the BEGIN\n`],
    ['with the escapes of JSON twice', (pem) => JSON.stringify(JSON.stringify(pem))],
    [
      'with slashes and plus signs escaped',
      (pem) => pem.replaceAll('/', String.raw`\/`).replaceAll('+', String.raw`\u002b`),
    ],
    ['with CR alone', (pem) => pem.replaceAll('\n', '\r')],
    ['with a byte order mark before each block', (pem) => pem.replaceAll('-----BEGIN', '\uFEFF-----BEGIN')],
    ['with blank lines everywhere', (pem) => pem.replaceAll('\n', '\n \n')],
    ['without any blank', (pem) => pem.replaceAll(/\s/g, '')],
    ['with dashes as a weblog shows them', (pem) => pem.replaceAll('-----', '—–')],
    ['with dashes of a wrong encoding', (pem) => pem.replaceAll('-----', '\u0097\u0096')],
    ['with four dashes', (pem) => pem.replaceAll('-----', '----')],
    ['with six dashes', (pem) => pem.replaceAll('-----', '------')],
    ['without the dashes at the end of END', (pem) => pem.replaceAll(/(END [A-Z ]+)-----/g, '$1')],
    ['without the dashes at the end of BEGIN', (pem) => pem.replaceAll(/(BEGIN [A-Z ]+)-----/g, '$1')],
    ['in typographic quotes', (pem) => `“${pem.replaceAll(/^(.+)$/gm, '„$1”')}”`],
    ['without padding', (pem) => pem.replaceAll('=', '')],
  ];

  it.each(forms)('reads a chain %s', (_, damage) => {
    const blocks = readPemBlocks(damage(chain.certificate), 'certificate');
    expect(blocks.map((block) => formatPem(block)).join('')).toBe(chain.certificate);
  });

  it('keeps the format of the key, byte for byte', () => {
    expect(readPemBlocks(escaped(chain.key), 'key').map((block) => formatPem(block))).toEqual([chain.key]);
  });

  it.each<readonly [string, string, (pem: string) => string]>([
    ['pem-missing', 'holds no "-----BEGIN', () => 'nothing'],
    ['pem-damaged', 'Block 1 of the certificate', (pem) => pem.slice(0, 200)],
    [
      'pem-damaged',
      'Block 2 of the certificate',
      (pem) => pem.replace(/(END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n)./, '$1*'),
    ],
    ['pem-damaged', 'END CERTIFICATE', (pem) => pem.replace('-----END CERTIFICATE-----', '')],
    ['pem-damaged', 'END CERTIFICATE', (pem) => pem.replace('-----END CERTIFICATE-----', '-----END PRIVATE KEY-----')],
    ['pem-damaged', 'BEGIN CERTIFICATE', (pem) => pem.replace('-----BEGIN CERTIFICATE-----', '')],
    ['pem-damaged', 'cannot be read', (pem) => pem.replace(/\n.{64}\n/, '\n')],
    ['pem-damaged', 'announce', (pem) => pem.replace(/(\n.{64}\n).{64}\n/, '$1')],
    ['pem-damaged', 'announce', (pem) => pem.replace(/\n(.{64})\n/, '\n$1$1\n')],
    ['too-many-blocks', '999', (pem) => pem.repeat(334)],
  ])('refuses with %s: %s', (code, message, damage) => {
    expect(failureOf(() => readPemBlocks(damage(chain.certificate), 'certificate'))).toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it.each([
    ['nothing to mend', [], (pem: string) => pem],
    ['nothing to mend in CRLF', [], (pem: string) => `\uFEFF${pem.replaceAll('\n', '\r\n')}`],
    ['escapes', ['escaped-newlines'], escaped],
    ['one line', ['joined-lines'], (pem: string) => pem.replaceAll('\n', '')],
    ['typographic dashes', ['typographic-dashes'], (pem: string) => pem.replaceAll('-----', '—————')],
    ['four dashes', ['dash-count'], (pem: string) => pem.replaceAll('-----', '----')],
  ] as const)('reports %s', (_, repairs, damage) => {
    expect(readPem(damage(chain.certificate), 'certificate').repairs).toEqual(repairs);
  });

  it.each([
    ['blocks that do not end', '-----BEGIN CERTIFICATE-----\nAA\n', 160_000],
    ['dashes', '-', 5_000_000],
    ['backslashes', '\\', 5_000_000],
    ['blanks between dashes', '-     ', 800_000],
    ['BEGIN', 'BEGIN ', 800_000],
    ['line breaks', '-----BEGIN CERTIFICATE-----\n\n\n\n'.padEnd(1000, '\n'), 5000],
  ])('takes no quadratic time on 5 MB of %s', (_, piece, times) => {
    const started = process.cpuUsage();
    expect(failureOf(() => readPem(piece.repeat(times), 'certificate')).code).toMatch(/^(pem-|too-many)/);
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});

describe('formatPem', () => {
  it('writes lines of 64 columns, the last one shorter (RFC 7468 §2)', () => {
    const lines = formatPem({ label: 'CERTIFICATE', der: Buffer.alloc(100, 1) }).split('\n');
    expect(lines.map((line) => line.length)).toEqual([27, 64, 64, 8, 25, 0]);
  });
});
