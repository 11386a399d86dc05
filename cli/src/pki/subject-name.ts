import { UsageFailure } from '../failure';

/** The text of an attribute in the string type that X.520 wants for it. */
export type AttributeText =
  { readonly utf8String: string } | { readonly printableString: string } | { readonly ia5String: string };

/** The parts of a name in the order of their encoding, the most general first; attributes by their object identifiers. */
export type SubjectName = ReadonlyArray<Readonly<Record<string, AttributeText[]>>>;

interface AttributeType {
  readonly oid: string;
  readonly encode: (text: string) => AttributeText;
  /** What a value must look like; lengths are the upper bounds of X.520. */
  readonly syntax: RegExp;
  readonly expected: string;
}

const text = (oid: string, limit: number): AttributeType => ({
  oid,
  encode: (utf8String) => ({ utf8String }),
  syntax: new RegExp(`^.{1,${limit}}$`, 'su'),
  expected: `1 to ${limit} characters`,
});

const attributeTypes: Readonly<Record<string, AttributeType>> = {
  CN: text('2.5.4.3', 64),
  O: text('2.5.4.10', 64),
  OU: text('2.5.4.11', 64),
  L: text('2.5.4.7', 128),
  ST: text('2.5.4.8', 128),
  UID: text('0.9.2342.19200300.100.1.1', 256),
  C: {
    oid: '2.5.4.6',
    encode: (printableString) => ({ printableString }),
    syntax: /^[A-Za-z]{2}$/,
    expected: 'the two letters of a country',
  },
  DC: {
    oid: '0.9.2342.19200300.100.1.25',
    encode: (ia5String) => ({ ia5String }),
    syntax: /^[\w-]{1,63}$/,
    expected: 'one label of a domain name',
  },
  EMAILADDRESS: {
    oid: '1.2.840.113549.1.9.1',
    encode: (ia5String) => ({ ia5String }),
    syntax: /^[\x21-\x7e]{1,255}$/,
    expected: 'a mail address',
  },
};

/**
 * Reads a subject as RFC 4514 writes it, the most specific part first, e.g. `CN=client,O=Example,C=DE`.
 * @throws {UsageFailure} `subject-invalid`, saying what is wrong with which part.
 */
export function parseSubject(subject: string): SubjectName {
  if (subject.trim() === '') throw refuse(subject, 'it is empty');
  if (subject.startsWith('/')) throw refuse(subject, 'parts are separated by commas, not slashes');
  return split(subject, ',')
    .map((part) => parsePart(part, subject))
    .toReversed();
}

function parsePart(part: string, subject: string): Record<string, AttributeText[]> {
  const attributes: Record<string, AttributeText[]> = {};
  for (const attribute of split(part, '+')) {
    const { oid, value } = parseAttribute(attribute.trim(), subject);
    attributes[oid] = [...(attributes[oid] ?? []), value];
  }
  return attributes;
}

function parseAttribute(attribute: string, subject: string): { oid: string; value: AttributeText } {
  const [, name = '', escaped = ''] = /^([A-Za-z]+)\s*=\s*(.*)$/s.exec(attribute) ?? [];
  if (name === '') throw refuse(subject, `"${attribute}" is not of the form TYPE=value`);
  const key = name.toUpperCase() === 'E' ? 'EMAILADDRESS' : name.toUpperCase();
  const type = attributeTypes[key];
  if (type === undefined)
    throw refuse(subject, `the type ${name} is not one of ${Object.keys(attributeTypes).join(', ')}`);
  const value = unescape(escaped, subject);
  if (!type.syntax.test(value)) throw refuse(subject, `${name} must be ${type.expected}`);
  return { oid: type.oid, value: type.encode(value) };
}

/** Splits at separators that no backslash protects. */
function split(source: string, separator: ',' | '+'): string[] {
  const parts: string[] = [];
  let part = '';
  for (const token of source.match(/\\.|[\s\S]/gu) ?? []) {
    if (token === separator) {
      parts.push(part);
      part = '';
    } else part += token;
  }
  return [...parts, part];
}

/** RFC 4514 §2.4: a backslash before a special character, or before the two hexadecimal digits of each UTF-8 octet. */
function unescape(escaped: string, subject: string): string {
  const tokens = escaped.match(/(?:\\[\da-f]{2})+|\\?[\s\S]/giu) ?? [];
  return tokens.map((token) => unescapeToken(token, subject)).join('');
}

function unescapeToken(token: string, subject: string): string {
  if (/^\\[\da-f]{2}/i.test(token)) return decodeOctets(token, subject);
  if (/^\\[ "#+,;<=>\\]$/.test(token)) return token.slice(1);
  if (token.startsWith('\\')) throw refuse(subject, `${token} is no escape of RFC 4514`);
  if (/["<>;]/.test(token)) throw refuse(subject, `the character ${token} needs a backslash before it`);
  return token;
}

function decodeOctets(octets: string, subject: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(octets.replaceAll('\\', ''), 'hex'));
  } catch {
    throw refuse(subject, `${octets} is no UTF-8`);
  }
}

function refuse(subject: string, why: string): UsageFailure {
  return new UsageFailure(
    'subject-invalid',
    `The subject "${subject}" cannot be used: ${why}.`,
    'Write it as RFC 4514 does, the most specific part first: --subject "CN=client,O=Example,C=DE"',
  );
}
