/** A damage that reading undoes; `repairNames` says it in words. */
export type PemRepair =
  'escaped-newlines' | 'joined-lines' | 'typographic-dashes' | 'dash-count' | 'quotes' | 'invisible-characters';

export const repairNames: Readonly<Record<PemRepair, string>> = {
  'escaped-newlines': String.raw`"\n" in place of line breaks`,
  'joined-lines': 'line breaks missing around BEGIN and END',
  'typographic-dashes': 'typographic dashes in place of "-----"',
  'dash-count': 'not five dashes around BEGIN and END',
  quotes: 'quotation marks inside a block',
  'invisible-characters': 'invisible characters inside a block',
};

/** Hyphens, dashes and minus signs; also what is left of one that was read in a wrong encoding (U+FFFD, C1 controls). */
const DASHES = /[\u2010-\u2015\u2212\u2500\uFE58\uFE63\uFF0D\uFFFD\u0096\u0097]/g;
/** Byte order mark, soft hyphen, zero width and direction marks. */
const INVISIBLE = /[\uFEFF\u00AD\u200B-\u200F\u2060]/g;
/**
 * Escapes of a JSON text, however often it was escaped: base64 and PEM hold no backslash, so none of them is meant. Bounded,
 * as all repetitions here: V8 gives up on longer ones where it has compiled many expressions.
 */
const ESCAPES = /(?<!\\)\\{1,64}(?:u([\dA-Fa-f]{4})|([bfnrt])|(["'/]))/g;

const controls: Readonly<Record<string, string>> = { n: '\n', t: ' ' };

/** Turns `\n` into line feeds, and other escapes of JSON into their characters, no matter how many backslashes they have. */
export function unescapeText(text: string): string {
  const pieces: string[] = [];
  let end = 0;
  // One match at a time: replace() with a function keeps all of them at once.
  for (const match of text.matchAll(ESCAPES)) {
    const [whole, code, control, character] = match;
    pieces.push(text.slice(end, match.index), unescapeOne({ code, control, character }));
    end = match.index + whole.length;
  }
  return pieces.join('') + text.slice(end);
}

function unescapeOne({
  code,
  control,
  character = '',
}: Record<'code' | 'control' | 'character', string | undefined>): string {
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  return control === undefined ? character : (controls[control] ?? '');
}

/** Writes the lines of a PEM text with plain dashes and without escapes and invisible characters; the same length or shorter. */
export function plainText(text: string): { readonly text: string; readonly repairs: ReadonlySet<PemRepair> } {
  const repairs = new Set<PemRepair>();
  const unescaped = unescapeText(text);
  if (unescaped !== text) repairs.add('escaped-newlines');
  const dashed = unescaped.replace(DASHES, '-');
  if (dashed !== unescaped) repairs.add('typographic-dashes');
  // The mark at the very start is no damage: everybody reads over it.
  const visible = dashed.replace(/^\uFEFF/, '').replace(INVISIBLE, '');
  if (visible.length < dashed.replace(/^\uFEFF/, '').length) repairs.add('invisible-characters');
  return { text: visible, repairs };
}
