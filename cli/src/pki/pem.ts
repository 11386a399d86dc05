import { Failure } from '../failure';
import { readDerLength } from './der-length';
import { isBase64 } from './base64';
import { derLabels, findMarkers, type Marker } from './pem-markers';
import { plainText, type PemRepair } from './pem-repair';

/** One block of a PEM text (RFC 7468): `label` as in "BEGIN label". */
export interface PemBlock {
  readonly label: string;
  /** Ciphertext, where `encryption` is set. */
  readonly der: Buffer;
  /** How OpenSSL encrypted the key before PKCS#8 (RFC 1421 headers). */
  readonly encryption?: PemEncryption;
}

/** The header `DEK-Info: algorithm,iv`. */
export interface PemEncryption {
  readonly algorithm: string;
  /** Hexadecimal. */
  readonly iv: string;
}

export interface PemText {
  readonly blocks: readonly PemBlock[];
  /** What a strict reader would have stumbled over. */
  readonly repairs: readonly PemRepair[];
}

/** Columns of the base64 body, RFC 7468 §2. */
const COLUMNS = 64;
/** A bundle of public authorities has some 150. */
const MAX_BLOCKS = 999;
const HEADERS = /^ ?Proc-Type: ?4 ?, ?ENCRYPTED ?DEK-Info: ?([A-Z0-9-]{1,40}) ?, ?([\dA-F]{16,32})/i;

/** Formats DER as RFC 7468 demands: 64 columns, the last line shorter, a line feed at the end. */
export function formatPem({ label, der, encryption }: PemBlock): string {
  const body = der.toString('base64').match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  const headers =
    encryption === undefined
      ? []
      : ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${encryption.algorithm},${encryption.iv}`, ''];
  return `${[`-----BEGIN ${label}-----`, ...headers, ...body, `-----END ${label}-----`].join('\n')}\n`;
}

/** Reads the blocks of a PEM text. @throws like `readPem`. */
export function readPemBlocks(text: string, what: string): readonly PemBlock[] {
  return readPem(text, what).blocks;
}

/**
 * Reads every block of a text, whatever its line breaks and dashes look like: literal `\n`, CRLF, none at all, typographic
 * dashes or too few of them, with the quotation marks of JSON. Text around the blocks is ignored (RFC 7468 §2). What it
 * cannot be sure of it refuses: the length of each block is in its DER.
 * @param what names the text in messages, e.g. `certificate`.
 * @throws {Failure} `pem-missing`, `pem-damaged` or `too-many-blocks`, with the number of the block and never its content.
 */
export function readPem(text: string, what: string): PemText {
  const plain = plainText(text);
  const markers = findMarkers(plain.text, 2 * MAX_BLOCKS + 1);
  if (markers.length === 0) throw missing(what);
  if (markers.length > 2 * MAX_BLOCKS) throw tooMany(what);
  const repairs = new Set(plain.repairs);
  const blocks: PemBlock[] = [];
  for (let index = 0; index < markers.length; index += 2) {
    const name = `block ${blocks.length + 1} of the ${what}`;
    const [begin, end] = pairMarkers(markers[index], markers[index + 1], name);
    const body = plain.text.slice(begin.end, end.start);
    blocks.push(readBody(body, { label: begin.label, what: name }));
    for (const repair of findRepairs(body, [begin, end])) repairs.add(repair);
  }
  return { blocks, repairs: [...repairs] };
}

function pairMarkers(begin: Marker | undefined, end: Marker | undefined, what: string): readonly [Marker, Marker] {
  if (begin?.kind !== 'BEGIN') throw damaged(what, `its line "-----BEGIN ${begin?.label ?? '…'}-----" is missing`);
  if (end?.kind !== 'END' || end.label !== begin.label)
    throw damaged(what, `its line "-----END ${begin.label}-----" is missing or not complete`);
  return [begin, end];
}

function findRepairs(body: string, markers: readonly Marker[]): PemRepair[] {
  const repairs: PemRepair[] = [];
  if (!/^[ \t\r]{0,1000}\n/.test(body) || !/\n[ \t]{0,1000}$/.test(body)) repairs.push('joined-lines');
  if (markers.some(({ dashes }) => dashes.some((count) => count !== 5))) repairs.push('dash-count');
  if (body.search(QUOTES) >= 0) repairs.push('quotes');
  return repairs;
}

const QUOTES = /["'\u2018-\u201F\u00AB\u00BB]/g;

function readBody(body: string, { label, what }: { label: string; what: string }): PemBlock {
  const { encryption, text } = readHeaders(body.replaceAll(QUOTES, '').replaceAll(/\s{1,4096}/g, ' '));
  const base64 = text.replaceAll(' ', '').replace(/^-{1,64}/, '');
  if (!isBase64(base64))
    throw damaged(what, 'what is between BEGIN and END is no base64 text, or a part of it is missing');
  const der = Buffer.from(base64, 'base64');
  if (encryption !== undefined) return { label, der, encryption };
  if (!derLabels.has(label)) return { label, der };
  const length = readDerLength(der);
  if (length === undefined) throw damaged(what, 'its first line is missing or damaged');
  // OpenSSL appends its own trust settings to a TRUSTED CERTIFICATE.
  if (label === 'TRUSTED CERTIFICATE' && length < der.length) return { label, der: der.subarray(0, length) };
  if (length !== der.length)
    throw damaged(
      what,
      `it holds ${der.length} bytes where its first ones announce ${length}: a part is missing or twice there`,
    );
  return { label, der };
}

function readHeaders(body: string): { readonly encryption?: PemEncryption; readonly text: string } {
  const match = HEADERS.exec(body);
  if (match === null) return { text: body };
  const [headers, algorithm = '', digits = ''] = match;
  // Without a line break the base64 text follows at once: only the cipher says where the initial vector ends.
  const length = /^(?:AES|ARIA|CAMELLIA|SEED|SM4)/i.test(algorithm) ? 32 : 16;
  const iv = digits.slice(0, length);
  return { encryption: { algorithm, iv }, text: digits.slice(length) + body.slice(headers.length) };
}

function missing(what: string): Failure {
  return new Failure(
    'pem-missing',
    `The ${what} holds no "-----BEGIN …-----" line.`,
    'Copy the whole value from the service key or binding, with its BEGIN and END lines.',
  );
}

function tooMany(what: string): Failure {
  return new Failure(
    'too-many-blocks',
    `The ${what} holds more than ${MAX_BLOCKS} blocks.`,
    'Give the certificates that belong together in a file of their own.',
  );
}

function damaged(what: string, how: string): Failure {
  return new Failure(
    'pem-damaged',
    `${what.charAt(0).toUpperCase()}${what.slice(1)} cannot be read: ${how}.`,
    'Fetch the value anew and copy it as it is; every block needs its BEGIN and END line.',
  );
}
