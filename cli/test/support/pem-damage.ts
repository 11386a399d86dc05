import * as fc from 'fast-check';

/** What happens to a PEM text on its way through editors, weblogs, mails and forms. */
export interface Damage {
  readonly name: string;
  readonly apply: (text: string) => string;
}

const damage = (name: string, apply: (text: string) => string): fc.Arbitrary<Damage> => fc.constant({ name, apply });

/** Everything but letters, so that no base64 comes of it. */
const dashCharacters = ['-', '–', '—', '‐', '‑', '―', '−', '\u0096', '\u0097', '\uFFFD'];

const dashes: fc.Arbitrary<Damage> = fc
  .array(fc.constantFrom(...dashCharacters), { minLength: 1, maxLength: 9 })
  .map((run) => ({
    name: `dashes ${JSON.stringify(run.join(''))}`,
    apply: (text) => text.replaceAll('-----', run.join('')),
  }));

const escapes: fc.Arbitrary<Damage> = fc.integer({ min: 1, max: 4 }).map((depth) => ({
  name: `"\\n" with ${depth} backslashes`,
  apply: (text) => text.replaceAll('\n', `${'\\'.repeat(depth)}n`),
}));

const lineBreaks = fc.oneof(
  damage('CRLF', (text) => text.replaceAll(/\r?\n/g, '\r\n')),
  damage('CR', (text) => text.replaceAll(/\r?\n/g, '\r')),
  damage('one line', (text) => text.replaceAll(/\r?\n/g, '')),
  damage('blanks for line breaks', (text) => text.replaceAll(/\r?\n/g, ' ')),
  damage('tabs for line breaks', (text) => text.replaceAll(/\r?\n/g, '\t')),
  damage('no-break spaces for line breaks', (text) => text.replaceAll(/\r?\n/g, '\u00A0')),
  damage('empty lines', (text) => text.replaceAll('\n', '\n\n')),
  damage('blanks between blocks', (text) => text.replaceAll('\n-----BEGIN', '\n  \n \n-----BEGIN')),
  damage('indentation', (text) => text.replaceAll(/^/gm, '    ')),
  damage('blanks at the ends of lines', (text) => text.replaceAll('\n', ' \t\n')),
);

const wrappings = fc.oneof(
  damage('JSON string', (text) => JSON.stringify(text)),
  damage('JSON string without its quotes', (text) => JSON.stringify(text).slice(1, -1)),
  damage('JSON property', (text) => JSON.stringify({ value: text })),
  damage('typographic quotes', (text) => `“${text}”`),
  damage('quotes around each line', (text) => text.replaceAll(/^(.+)$/gm, '"$1"')),
  damage('escaped slashes', (text) => text.replaceAll('/', String.raw`\/`)),
  damage('escaped plus signs', (text) => text.replaceAll('+', String.raw`\u002B`)),
  damage('byte order mark', (text) => `\uFEFF${text}`),
  damage('byte order marks of files that were joined', (text) => text.replaceAll('-----BEGIN', '\uFEFF-----BEGIN')),
  damage('zero width spaces', (text) => text.replaceAll('\n', '\u200B\n')),
  damage('comments around', (text) => `Bag Attributes\n  friendlyName: x\n${text}\n# the END\n`),
  damage('no padding', (text) => text.replaceAll('=', '')),
);

/** Up to six damages, one after the other. */
export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(fc.oneof(dashes, escapes, lineBreaks, wrappings), {
  maxLength: 6,
});

const part = fc.double({ min: 0, max: 1, noNaN: true });

/** What loses a part of the text. */
export const cuts: fc.Arbitrary<Damage> = fc.oneof(
  part.map((at) => ({
    name: `cut off after ${at}`,
    apply: (text: string) => text.slice(0, Math.floor(text.length * at)),
  })),
  part.map((at) => ({
    name: `cut off before ${at}`,
    apply: (text: string) => text.slice(Math.floor(text.length * at)),
  })),
);

/** What puts something else into the text. */
export const changes: fc.Arbitrary<Damage> = fc
  .tuple(part, fc.constantFrom('', '?', 'A', '\n', 'ä', '-', '='))
  .map(([at, other]) => ({
    name: `"${other}" in place of the character at ${at}`,
    apply: (text: string) => {
      const index = Math.floor(text.length * at);
      return text.slice(0, index) + other + text.slice(index + 1);
    },
  }));

/** Applies damages in their order. */
export function applyAll(text: string, list: readonly Damage[]): string {
  return list.reduce((changed, { apply }) => apply(changed), text);
}
