/**
 * A distinguished name in a form in which names with the same parts in the same order are the same text, whichever way they
 * were written. Values are compared as they are: to take more for equal would let in more certificates.
 */
export type CanonicalName = string;

const synonyms: Readonly<Record<string, string>> = { E: 'EMAILADDRESS', S: 'ST' };

/** Reads a name as RFC 4514 writes it, the most specific part first; undefined when it is none. */
export function parseDistinguishedName(text: string): CanonicalName | undefined {
  return canonicalize(split(text, ','));
}

/** Reads the `subject` or `issuer` of Node's X509Certificate: a part a line, the most general first, escaped as in RFC 4514. */
export function readCertificateName(name: string | undefined): CanonicalName | undefined {
  // Node's types do not say that an empty name is undefined.
  return name === undefined ? undefined : canonicalize(name.split('\n').toReversed());
}

function canonicalize(parts: readonly string[]): CanonicalName | undefined {
  const name: string[][] = [];
  for (const part of parts) {
    const attributes = split(part, '+').map(parseAttribute);
    if (!attributes.every((attribute) => attribute !== undefined)) return undefined;
    // The attributes of one part are a set.
    name.push(attributes.toSorted((a, b) => (a < b ? -1 : 1)));
  }
  return JSON.stringify(name);
}

function parseAttribute(attribute: string): string | undefined {
  const [, type, escaped] = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=\s*(.+)$/s.exec(attribute) ?? [];
  if (type === undefined || escaped === undefined) return undefined;
  const value = unescape(escaped);
  const upper = type.toUpperCase();
  return value === undefined ? undefined : `${synonyms[upper] ?? upper}=${value}`;
}

/** RFC 4514 §2.4: a backslash stands before a special character, or before the two hexadecimal digits of an octet of UTF-8. */
function unescape(escaped: string): string | undefined {
  const octets: Buffer[] = [];
  for (const token of escaped.replace(/(\\.|[^\\\s])\s+$/s, '$1').match(/\\[\da-f]{2}|\\?./gisu) ?? []) {
    if (/^\\[\da-f]{2}$/i.test(token)) octets.push(Buffer.from(token.slice(1), 'hex'));
    else if (/^\\[ "#+,;<=>\\]$/.test(token)) octets.push(Buffer.from(token.slice(1)));
    else if (/^[\\"<>;]/.test(token)) return undefined;
    else octets.push(Buffer.from(token));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(octets));
  } catch {
    return undefined;
  }
}

/** Splits at separators that no backslash protects. */
function split(text: string, separator: ',' | '+'): string[] {
  const parts: string[] = [];
  let part = '';
  for (const token of text.match(/\\.|./gsu) ?? []) {
    if (token === separator) {
      parts.push(part);
      part = '';
    } else part += token;
  }
  return [...parts, part];
}
