import type { X509Certificate } from 'node:crypto';

/** An attribute as it is compared: its type as object identifier, its value prepared for caseIgnoreMatch. */
interface Attribute {
  readonly type: string;
  readonly value: string;
}

/** The parts of a distinguished name in the order of RFC 4514, the most specific first; a part can have several attributes. */
export type DistinguishedName = ReadonlyArray<readonly Attribute[]>;

/** A text that is no distinguished name; the message says why. */
export class DistinguishedNameError extends Error {
  override readonly name = 'DistinguishedNameError';
}

/** Attribute types by the names that RFC 4514 §3, X.520 and OpenSSL give them. */
const attributeTypes: ReadonlyMap<string, string> = new Map([
  ['CN', '2.5.4.3'],
  ['SN', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['S', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['TITLE', '2.5.4.12'],
  ['DESCRIPTION', '2.5.4.13'],
  ['BUSINESSCATEGORY', '2.5.4.15'],
  ['POSTALCODE', '2.5.4.17'],
  ['NAME', '2.5.4.41'],
  ['GN', '2.5.4.42'],
  ['INITIALS', '2.5.4.43'],
  ['DNQUALIFIER', '2.5.4.46'],
  ['PSEUDONYM', '2.5.4.65'],
  ['ORGANIZATIONIDENTIFIER', '2.5.4.97'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
  ['E', '1.2.840.113549.1.9.1'],
]);

/**
 * Parses a name as RFC 4514 writes it, e.g. `CN=client,O=Example,C=DE`. Blanks around `,`, `+` and `=` are allowed.
 * @throws {DistinguishedNameError} also for an attribute type that is neither known nor an object identifier.
 */
export function parseDistinguishedName(text: string): DistinguishedName {
  if (text.trim() === '') throw new DistinguishedNameError('it is empty');
  return splitAt(text, ',').map((part) => parsePart(part, resolveRegisteredType));
}

/**
 * Reads the subject of a certificate; empty when it has none.
 * @throws {DistinguishedNameError} when OpenSSL writes it in a way that is not known here.
 */
export function readSubject({ subject }: X509Certificate): DistinguishedName {
  return splitSubject(subject).map((part) => parsePart(part, resolveCertificateType));
}

/** Formats a certificate's subject as RFC 4514 does: what can be registered as `tls_client_auth_subject_dn`. */
export function formatSubject({ subject }: X509Certificate): string {
  return splitSubject(subject).join(',');
}

/**
 * Tells whether two names are equal by distinguishedNameMatch (RFC 4517 §4.2.15): the same parts in the same order, the
 * attributes of one part in any order.
 */
export function areSameNames(a: DistinguishedName, b: DistinguishedName): boolean {
  const canonicalize = (name: DistinguishedName): string =>
    JSON.stringify(name.map((part) => part.map(({ type, value }) => `${type}=${value}`).toSorted()));
  return canonicalize(a) === canonicalize(b);
}

/** Node writes one part a line in the order of the encoding, with the escapes of RFC 2253; undefined without a subject. */
function splitSubject(subject: string | undefined): string[] {
  return subject === undefined || subject === '' ? [] : subject.split('\n').toReversed();
}

function parsePart(text: string, resolveType: (name: string) => string): Attribute[] {
  return splitAt(text, '+').map((attribute) => {
    const equals = attribute.indexOf('=');
    if (equals < 0) throw new DistinguishedNameError(`"${attribute.trim()}" has no "="`);
    return {
      type: resolveType(attribute.slice(0, equals).trim()),
      value: prepare(unescape(attribute.slice(equals + 1).trim())),
    };
  });
}

/** Splits where the separator is not escaped. */
function splitAt(text: string, separator: ',' | '+'): string[] {
  const parts = [''];
  for (const [token] of text.matchAll(/\\.|./gsu))
    if (token === separator) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token}`);
  return parts;
}

function resolveRegisteredType(name: string): string {
  const type = resolveCertificateType(name);
  if (/^\d+(?:\.\d+)+$/.test(type)) return type;
  throw new DistinguishedNameError(`the attribute type "${name}" is not known; write its object identifier`);
}

function resolveCertificateType(name: string): string {
  const key = name.toUpperCase().replace(/^OID\./, '');
  return attributeTypes.get(key) ?? key;
}

const escapes = /((?:\\[\da-f]{2})+)|\\([ "#+,;<=>\\])|([\\";<>])/gi;

/** Resolves the escapes of RFC 4514 §2.4: a special character, or the UTF-8 octets of any other. */
function unescape(text: string): string {
  if (text.startsWith('#'))
    throw new DistinguishedNameError('values in hexadecimal (#…) are not supported: write the text');
  return text.replaceAll(escapes, (_, octets?: string, special?: string, bare?: string) => {
    if (bare !== undefined) throw new DistinguishedNameError(`the character ${bare} must be escaped with a backslash`);
    return octets === undefined ? (special ?? '') : decodeOctets(octets);
  });
}

function decodeOctets(octets: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(octets.replaceAll('\\', ''), 'hex'));
  } catch {
    throw new DistinguishedNameError(`${octets} is no UTF-8`);
  }
}

/** Prepares a value for caseIgnoreMatch (RFC 4518 §2): neither case, nor the amount of white space, nor the form of a character counts. */
function prepare(value: string): string {
  return value.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/g, ' ');
}
