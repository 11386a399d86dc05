/** A BEGIN or END line of a PEM text. */
export interface Marker {
  readonly kind: 'BEGIN' | 'END';
  readonly label: string;
  /** Indexes of its first character and of the one behind its last. */
  readonly start: number;
  readonly end: number;
  /** How many there are; five is right. */
  readonly dashes: readonly [before: number, after: number];
}

/** Labels that are understood although a part of their dashes is missing; the longer of two that begin alike comes first. */
const LABELS = [
  'CERTIFICATE REQUEST',
  'NEW CERTIFICATE REQUEST',
  'CERTIFICATE',
  'X509 CERTIFICATE',
  'TRUSTED CERTIFICATE',
  'X509 CRL',
  'ENCRYPTED PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'DSA PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'PRIVATE KEY',
  'PUBLIC KEY',
  'RSA PUBLIC KEY',
  'EC PARAMETERS',
  'DH PARAMETERS',
  'PKCS7',
  'CMS',
] as const;
const KNOWN = LABELS.map((label) => label.replaceAll(' ', String.raw`\s{0,4}`)).join('|');
/** Every repetition is bounded, so that a text of dashes or blanks takes no quadratic time. */
const MARKER = new RegExp(
  String.raw`(-{0,16})\s{0,4}(BEGIN|END)\s{0,4}(?:(${KNOWN})|(?<=\s)([A-Z0-9][A-Z0-9 ]{0,39}(?=-)))\s{0,4}(-{5}(?=-{5}\s{0,4}BEGIN)|-{0,16})`,
  'g',
);
/** Labels of blocks whose content is one SEQUENCE in DER. */
export const derLabels: ReadonlySet<string> = new Set(
  LABELS.filter((label) => !['OPENSSH PRIVATE KEY', 'EC PARAMETERS', 'PKCS7', 'CMS'].includes(label)),
);

/**
 * Finds BEGIN and END lines, wherever in a line they stand and with whatever number of dashes, but with one at least.
 * @param limit is the number of markers after which it stops looking.
 */
export function findMarkers(text: string, limit: number): Marker[] {
  const markers: Marker[] = [];
  for (const match of text.matchAll(MARKER)) {
    const [whole, before = '', kind = '', known, other = '', after = ''] = match;
    // The words alone, in a comment, are no marker.
    if (before === '' && after === '') continue;
    markers.push({
      kind: kind === 'BEGIN' ? 'BEGIN' : 'END',
      label: known === undefined ? other.trim() : spellLabel(known),
      start: match.index,
      end: match.index + whole.length,
      dashes: [before.length, after.length],
    });
    if (markers.length === limit) break;
  }
  return markers;
}

function spellLabel(found: string): string {
  const letters = found.replaceAll(/\s/g, '');
  return LABELS.find((label) => label.replaceAll(' ', '') === letters) ?? found;
}
