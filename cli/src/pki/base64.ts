/** Tells whether a text without blanks is base64 (RFC 4648 §4); its padding may be missing. */
export function isBase64(text: string): boolean {
  const digits = text.replace(/={1,2}$/, '');
  return digits !== '' && digits.length % 4 !== 1 && digits.search(/[^A-Za-z0-9+/]/) < 0;
}
