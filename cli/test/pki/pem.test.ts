import { formatPem, readPemBlocks, unescapeNewlines } from '../../src/pki/pem';
import { failureOf } from '../support/failure-of';
import { itWith, runOracle } from '../support/openssl';
import { makeChain, type TestChain } from '../support/test-chain';

let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain();
});

const escaped = (pem: string): string => pem.replaceAll('\n', String.raw`\n`);

describe('unescapeNewlines', () => {
  it('turns the two characters \\n into line feeds and changes nothing else', () => {
    expect(unescapeNewlines(escaped(chain.certificate))).toBe(chain.certificate);
    expect(unescapeNewlines(chain.certificate)).toBe(chain.certificate);
  });

  itWith('awk', ['1'])('agrees with awk on the same text', () => {
    const text = `${escaped(chain.key)}\n${escaped(chain.certificate)}\n`;
    expect(unescapeNewlines(text)).toBe(runOracle('awk', [String.raw`{gsub(/\\n/,"\n")}1`], text));
  });
});

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
    ['with text around the blocks', (pem) => `subject=CN=x\n${pem}end\n`],
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
    ['pem-damaged', 'END CERTIFICATE', (pem) => pem.replace('-----END CERTIFICATE-----', '-----END CERTIFICATE')],
    [
      'pem-damaged',
      'BEGIN line is not complete',
      (pem) => pem.replace('-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE'),
    ],
    [
      'key-encrypted',
      'encrypted',
      () => '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
    ],
  ])('refuses with %s: %s', (code, message, damage) => {
    expect(failureOf(() => readPemBlocks(damage(chain.certificate), 'certificate'))).toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('takes no quadratic time on 5 MB of unfinished blocks', () => {
    const started = performance.now();
    expect(() => readPemBlocks('-----BEGIN CERTIFICATE-----\nAA\n'.repeat(160_000), 'certificate')).toThrow(
      'END CERTIFICATE',
    );
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('formatPem', () => {
  it('writes lines of 64 columns, the last one shorter (RFC 7468 §2)', () => {
    const lines = formatPem({ label: 'CERTIFICATE', der: Buffer.alloc(100, 1) }).split('\n');
    expect(lines.map((line) => line.length)).toEqual([27, 64, 64, 8, 25, 0]);
  });
});
