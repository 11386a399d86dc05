import { plainText, unescapeText } from '../../src/pki/pem-repair';
import { itWith, runOracle } from '../support/openssl';
import { makeChain, type TestChain } from '../support/test-chain';

let chain: TestChain;
beforeAll(async () => {
  chain = await makeChain();
});

const escaped = (pem: string): string => pem.replaceAll('\n', String.raw`\n`);

describe('unescapeText', () => {
  it('turns the two characters \\n into line feeds and changes nothing else', () => {
    expect(unescapeText(escaped(chain.certificate))).toBe(chain.certificate);
    expect(unescapeText(chain.certificate)).toBe(chain.certificate);
  });

  it('does so however often the text was escaped', () => {
    expect(unescapeText(String.raw`a\\r\\nb\\\\n\u002f\/`)).toBe('a\nb\n//');
  });

  itWith('awk', ['1'])('agrees with awk on the same text', () => {
    const text = `${escaped(chain.key)}\n${escaped(chain.certificate)}\n`;
    expect(unescapeText(text)).toBe(runOracle('awk', [String.raw`{gsub(/\\n/,"\n")}1`], text));
  });
});

describe('plainText', () => {
  it('writes every kind of dash as a hyphen and leaves out what nobody sees', () => {
    const { text, repairs } = plainText('\uFEFF–—‐−\u00ADA\u200B');
    expect(text).toBe('----A');
    expect([...repairs]).toEqual(['typographic-dashes', 'invisible-characters']);
  });

  it('has nothing to repair in a plain text', () => {
    expect(plainText(chain.certificate)).toEqual({ text: chain.certificate, repairs: new Set() });
  });
});
