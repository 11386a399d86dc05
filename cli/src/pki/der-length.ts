/** Length of the first element with its header, where that is a SEQUENCE of definite length (X.690 §8.1.3). */
export function readDerLength(der: Buffer): number | undefined {
  const [tag, first = 0] = der;
  if (tag !== 0x30 || first === 0x80) return undefined;
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  if (octets > 6 || der.length < 2 + octets) return undefined;
  return 2 + octets + der.readUIntBE(2, octets);
}
