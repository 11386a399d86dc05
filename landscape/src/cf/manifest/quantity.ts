/** A size as manifests and flags write it (`128M`, `1.5GB`), or what is wrong with it. */
export type Quantity =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'not-a-number' }
  | { readonly kind: 'unsupported-unit' };

const UNITS = 'BKMGT';
const MB = 1024 * 1024;

/** Reads a size; units are powers of 1024 and may be written in lower case. */
export function parseQuantity(text: string): Quantity {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(text);
  if (match === null) return { kind: /^\s*-?\d/.test(text) ? 'unsupported-unit' : 'not-a-number' };
  const [, number = '', unit = ''] = match;
  const power = /^([KMGT])B?$|^B$/i.test(unit) ? UNITS.indexOf(unit.charAt(0).toUpperCase()) : -1;
  if (power < 0) return { kind: 'unsupported-unit' };
  return { kind: 'bytes', bytes: Math.trunc(Number(number) * 1024 ** power) };
}

/** Whole megabytes, rounded down, as the Cloud Controller keeps memory and disk. */
export function toMegabytes(bytes: number): number {
  return Math.trunc(bytes / MB);
}

/** As `cf` prints a size: at most one decimal, no blank, `B` for less than a kilobyte: `57.5M`, `1G`, `0B`. */
export function formatBytes(bytes: number): string {
  let [size, power] = [bytes, 0];
  while (Math.abs(size) >= 1024 && power < UNITS.length - 1) [size, power] = [size / 1024, power + 1];
  const text = size.toFixed(1).replace(/\.0$/, '');
  return `${text}${UNITS.charAt(power)}`;
}
