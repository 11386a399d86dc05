import { Failure } from '../failure';

/** One block of a PEM text (RFC 7468): `label` as in "BEGIN label". */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

/** Columns of the base64 body, RFC 7468 §2. */
const COLUMNS = 64;
const BEGIN = '-----BEGIN ';
const DASHES = '-----';

/** Turns the two characters `\n` (and `\r\n`, as JSON shows line feeds) into line feeds. */
export function unescapeNewlines(text: string): string {
  return text.replaceAll(String.raw`\r\n`, '\n').replaceAll(String.raw`\n`, '\n');
}

/** Formats DER as RFC 7468 demands: 64 columns, the last line shorter, a line feed at the end. */
export function formatPem({ label, der }: PemBlock): string {
  const body = der.toString('base64').match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  return `${[`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`].join('\n')}\n`;
}

/**
 * Reads every block of a text, whatever its line breaks look like: literal `\n`, CRLF, none at all. Text around the
 * blocks is ignored (RFC 7468 §2).
 * @param what names the text in messages, e.g. `certificate`.
 * @throws {Failure} `pem-missing`, `pem-damaged` or `key-encrypted`, with the number of the block and never its content.
 */
export function readPemBlocks(text: string, what: string): PemBlock[] {
  const source = unescapeNewlines(text);
  const blocks: PemBlock[] = [];
  for (let begin = source.indexOf(BEGIN); begin >= 0;) {
    const { block, end } = readBlock(source, { begin, what: `block ${blocks.length + 1} of the ${what}` });
    blocks.push(block);
    begin = source.indexOf(BEGIN, end);
  }
  if (blocks.length === 0)
    throw new Failure(
      'pem-missing',
      `The ${what} holds no "-----BEGIN …-----" line.`,
      'Copy the whole value from the service key or binding, with its BEGIN and END lines.',
    );
  return blocks;
}

function readBlock(source: string, { begin, what }: { begin: number; what: string }): { block: PemBlock; end: number } {
  const labelEnd = source.indexOf(DASHES, begin + BEGIN.length);
  const label = source.slice(begin + BEGIN.length, Math.max(labelEnd, 0));
  if (labelEnd < 0 || !/^[A-Z0-9][A-Z0-9 ]{0,40}$/.test(label))
    throw damaged(what, 'its BEGIN line is not complete: it needs five dashes at each end');
  const bodyStart = labelEnd + DASHES.length;
  const endLine = `-----END ${label}-----`;
  const bodyEnd = source.indexOf(endLine, bodyStart);
  const nextBegin = source.indexOf(BEGIN, bodyStart);
  if (bodyEnd < 0 || (nextBegin >= 0 && nextBegin < bodyEnd))
    throw damaged(what, `its line "${endLine}" is missing or not complete`);
  const der = decodeBody(source.slice(bodyStart, bodyEnd), { label, what });
  return { block: { label, der }, end: bodyEnd + endLine.length };
}

function decodeBody(text: string, { label, what }: { label: string; what: string }): Buffer {
  if (label === 'ENCRYPTED PRIVATE KEY' || text.includes('Proc-Type:'))
    throw new Failure(
      'key-encrypted',
      `The private key (${what}) is encrypted with a password.`,
      'Decrypt it first: openssl pkey -in encrypted.pem -out privateKey.txt',
    );
  const base64 = text.replaceAll(/\s+/g, '');
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    throw damaged(what, 'what is between BEGIN and END is no base64 text, or a part of it is missing');
  return Buffer.from(base64, 'base64');
}

function damaged(what: string, how: string): Failure {
  return new Failure(
    'pem-damaged',
    `${what.charAt(0).toUpperCase()}${what.slice(1)} cannot be read: ${how}.`,
    'Fetch the value anew and copy it as it is; every block needs its BEGIN and END line.',
  );
}
