import { createHmac, timingSafeEqual } from 'node:crypto';
import type { BaseBlock } from 'asn1js';
import { Failure } from '../../failure';
import { Asn1Error, elementsOf, encodingOf, parseAsn1, readInteger, readOctets, readOid } from '../asn1';
import { EncryptionBudget } from '../encryption-budget';
import { readPasswordEncryption, wrongPassword, type Unlocking } from '../password-encryption';
import { digestOids, oid } from './identifiers';
import { countRounds, derive, encodePassword } from './key-derivation';

/** What a PKCS#12 file holds, in the order of the file. */
export interface Pkcs12 {
  /** PKCS#8, DER. */
  readonly keys: readonly Buffer[];
  /** DER. */
  readonly certificates: readonly Buffer[];
  /** The alias of the key (friendlyName), where it has one. */
  readonly alias?: string;
  /** Names of the algorithms that encrypt its parts and of the MAC's hash. */
  readonly algorithms: readonly string[];
  /** Some of them are outdated. */
  readonly legacy: boolean;
}

interface Contents {
  readonly keys: Buffer[];
  readonly certificates: Buffer[];
  readonly aliases: string[];
  readonly algorithms: Set<string>;
  legacy: boolean;
}

/** A safe in a safe in a safe: nobody writes more than one. */
const MAX_DEPTH = 4;

/** Tells whether bytes are a PKCS#12 file (RFC 7292 §4): version 3, then a content of PKCS#7. */
export function isPkcs12(bytes: Buffer): boolean {
  // Only the beginning is looked at: a damaged file is still to be called by its name.
  return /^30(?:80|[0-7].|8[1-4](?:..){1,4}?)02010330(?:80|[0-7].|8[1-4](?:..){1,4}?)06092a864886f70d0107/.test(
    bytes.toString('hex', 0, 40),
  );
}

/**
 * Reads a PKCS#12 file, with the algorithms of today and those of before 2020.
 * @throws {Failure} `password-wrong`, `keystore-damaged`, `encryption-unsupported`, `encryption-too-costly`.
 */
export function readPkcs12(bytes: Buffer, password: string): Pkcs12 {
  const unlocking = { password, budget: new EncryptionBudget() };
  try {
    const [, authSafe, macData] = elementsOf(parseAsn1(bytes));
    const safe = readData(authSafe);
    const mac = macData === undefined ? undefined : verifyMac(safe, { macData, unlocking });
    const found: Contents = { keys: [], certificates: [], aliases: [], algorithms: new Set(), legacy: false };
    for (const content of elementsOf(parseAsn1(safe))) readContent(content, { found, unlocking });
    const [alias] = found.aliases;
    return {
      keys: found.keys,
      certificates: found.certificates,
      ...(alias !== undefined && { alias }),
      algorithms: [...found.algorithms, ...(mac === undefined ? [] : [mac])],
      legacy: found.legacy,
    };
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error;
    throw damaged();
  }
}

function readData(contentInfo: BaseBlock | undefined): Buffer {
  const [type, content] = elementsOf(contentInfo);
  if (readOid(type) !== oid.data) throw unsupported();
  return readOctets(elementsOf(content)[0]);
}

/** @returns the name of the MAC's algorithm. */
function verifyMac(
  safe: Buffer,
  { macData, unlocking }: { macData: BaseBlock; unlocking: Unlocking },
): string | undefined {
  const [digestInfo, salt, rounds] = elementsOf(macData);
  const [algorithm, expected] = elementsOf(digestInfo);
  const id = readOid(elementsOf(algorithm)[0]);
  const hash = digestOids[id as keyof typeof digestOids] as (typeof digestOids)[keyof typeof digestOids] | undefined;
  if (hash === undefined) throw unsupported();
  const mac = readOctets(expected);
  const iterations = rounds === undefined ? 1 : readInteger(rounds);
  const derivation = { hash, id: 3, salt: readOctets(salt), iterations, length: mac.length } as const;
  // An empty password is encoded as two zero bytes by some and as nothing by others.
  const encodings = [encodePassword(unlocking.password), ...(unlocking.password === '' ? [Buffer.alloc(0)] : [])];
  const fits = encodings.some((password) => {
    unlocking.budget.spend(countRounds(derivation));
    const computed = createHmac(hash, derive({ ...derivation, password }))
      .update(safe)
      .digest();
    return computed.length === mac.length && timingSafeEqual(computed, mac);
  });
  if (!fits) throw wrongPassword();
  return `${hash.replace('sha', 'SHA-')} (MAC)`;
}

function readContent(content: BaseBlock, { found, unlocking }: { found: Contents; unlocking: Unlocking }): void {
  const [type, value] = elementsOf(content);
  if (readOid(type) === oid.data) {
    readBags(readOctets(elementsOf(value)[0]), { found, unlocking, depth: 0 });
    return;
  }
  if (readOid(type) !== oid.encryptedData) throw unsupported();
  const [, encryptedContent] = elementsOf(elementsOf(value)[0]);
  const [, algorithm, ciphertext] = elementsOf(encryptedContent);
  const bags = decrypt(readOctets(ciphertext), { algorithm, found, unlocking });
  readBags(bags, { found, unlocking, depth: 0 });
}

interface Bags {
  readonly found: Contents;
  readonly unlocking: Unlocking;
  readonly depth: number;
}

function readBags(safeContents: Buffer | BaseBlock, { found, unlocking, depth }: Bags): void {
  if (depth > MAX_DEPTH) throw new Asn1Error('too deep');
  const parsed = Buffer.isBuffer(safeContents) ? parseAsn1(safeContents) : safeContents;
  for (const bag of elementsOf(parsed)) {
    const [type, wrapped, attributes] = elementsOf(bag);
    const [value] = elementsOf(wrapped);
    switch (readOid(type)) {
      case oid.keyBag:
        found.keys.push(encodingOf(value));
        found.aliases.push(...readAlias(attributes));
        break;
      case oid.shroudedKeyBag: {
        const [algorithm, ciphertext] = elementsOf(value);
        found.keys.push(decrypt(readOctets(ciphertext), { algorithm, found, unlocking }));
        found.aliases.push(...readAlias(attributes));
        break;
      }
      case oid.certificateBag: {
        const [kind, certificate] = elementsOf(value);
        if (readOid(kind) === oid.x509Certificate) found.certificates.push(readOctets(elementsOf(certificate)[0]));
        break;
      }
      case oid.safeContentsBag:
        if (value !== undefined) readBags(value, { found, unlocking, depth: depth + 1 });
        break;
      default: // Revocation lists and secrets are nothing that a TLS client uses.
    }
  }
}

function decrypt(
  ciphertext: Buffer,
  { algorithm, found, unlocking }: { algorithm: BaseBlock | undefined; found: Contents; unlocking: Unlocking },
): Buffer {
  const encryption = readPasswordEncryption(algorithm);
  found.algorithms.add(encryption.name);
  if (encryption.legacy) found.legacy = true;
  return requireAsn1(encryption.decrypt(ciphertext, unlocking));
}

/** Without a MAC a wrong password shows in nonsense only: one time in 256 its padding looks right. */
function requireAsn1(decrypted: Buffer): Buffer {
  try {
    parseAsn1(decrypted);
    return decrypted;
  } catch (error) {
    if (error instanceof Asn1Error) throw wrongPassword();
    throw error;
  }
}

function readAlias(attributes: BaseBlock | undefined): string[] {
  if (attributes === undefined) return [];
  return elementsOf(attributes).flatMap((attribute) => {
    const [type, values] = elementsOf(attribute);
    if (readOid(type) !== oid.friendlyName) return [];
    const [value] = elementsOf(values);
    // BMPString: two bytes a character, big-endian.
    const bytes = encodingOf(value);
    return bytes.length < 4 || bytes[0] !== 0x1e ? [] : [decodeBmp(bytes.subarray(2))];
  });
}

function decodeBmp(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}

function damaged(): Failure {
  return new Failure(
    'keystore-damaged',
    'The PKCS#12 keystore cannot be decoded: it is cut off or damaged.',
    'Fetch it anew, in binary mode where a program asks for a mode.',
  );
}

function unsupported(): Failure {
  return new Failure(
    'keystore-unsupported',
    'The PKCS#12 keystore is protected in a way that mtls does not read: by a public key, or by a MAC of another kind.',
    'Export it anew with a password: openssl pkcs12 -export, or the export of the program that holds it.',
  );
}
