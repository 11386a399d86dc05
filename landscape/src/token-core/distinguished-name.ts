import type { X509Certificate } from 'node:crypto';

/**
 * Tells whether two certificates have the same subject and the same issuer. Values are compared without regard to case and
 * to the amount of white space (RFC 4517 §4.2.15 with the matching rule of §4.2.11); the order of the parts counts.
 */
export function haveSameNames(a: X509Certificate, b: X509Certificate): boolean {
  return normalize(a.subject) === normalize(b.subject) && normalize(a.issuer) === normalize(b.issuer);
}

/** Node writes one relative distinguished name a line, whatever string type the certificate uses; outer blanks are escaped. */
function normalize(name: string | undefined): string {
  // Node's types do not say that an empty name is undefined.
  return (name ?? '')
    .split('\n')
    .map((part) =>
      part
        .replaceAll(String.raw`\ `, ' ')
        .replace(/=\s+/, '=')
        .trim()
        .replaceAll(/\s+/g, ' ')
        .toLowerCase(),
    )
    .join('\n');
}
