import { hash as computeHash } from 'node:crypto';

/** Hash functions of the derivation: length of the result and of a block, in bytes. */
const hashes = {
  sha1: { length: 20, block: 64 },
  sha224: { length: 28, block: 64 },
  sha256: { length: 32, block: 64 },
  sha384: { length: 48, block: 128 },
  sha512: { length: 64, block: 128 },
} as const;
export type DerivationHash = keyof typeof hashes;

export interface Derivation {
  readonly hash: DerivationHash;
  /** What the result is for, RFC 7292 appendix B.3: 1 key, 2 initial vector, 3 key of the MAC. */
  readonly id: 1 | 2 | 3;
  /** As `encodePassword` returns it. */
  readonly password: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
  /** Bytes of the result. */
  readonly length: number;
}

/** Rounds of `derive` in those of PBKDF2: each is a call from JavaScript. */
export function countRounds({ hash, iterations, length }: Omit<Derivation, 'password' | 'salt' | 'id'>): number {
  return 10 * iterations * Math.ceil(length / hashes[hash].length);
}

/** Encodes a password as BMPString with its terminator (RFC 7292 appendix B.1). */
export function encodePassword(password: string): Buffer {
  return Buffer.from(`${password}\0`, 'utf16le').swap16();
}

/** Derives bytes from a password as PKCS#12 does it (RFC 7292 appendix B.2). */
export function derive({ hash, id, password, salt, iterations, length }: Derivation): Buffer {
  const { block } = hashes[hash];
  const diversifier = Buffer.alloc(block, id);
  const input = Buffer.concat([fillBlocks(salt, block), fillBlocks(password, block)]);
  const parts: Buffer[] = [];
  for (let have = 0; have < length;) {
    let part = computeHash(hash, Buffer.concat([diversifier, input]), 'buffer');
    for (let round = 1; round < iterations; round += 1) part = computeHash(hash, part, 'buffer');
    parts.push(part);
    have += part.length;
    addToBlocks(input, fillBlocks(part, block).subarray(0, block));
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** Repeats bytes until they fill whole blocks; nothing stays nothing. */
function fillBlocks(bytes: Buffer, block: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
}

/** Adds `addend` + 1 to each block of `input`, as big-endian numbers without carry out of the block. */
function addToBlocks(input: Buffer, addend: Buffer): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1;
    for (let index = addend.length - 1; index >= 0; index -= 1) {
      carry += input.readUInt8(start + index) + addend.readUInt8(index);
      input[start + index] = carry & 0xff;
      carry >>= 8;
    }
  }
}
