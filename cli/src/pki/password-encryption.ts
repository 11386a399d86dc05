import { createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto';
import type { BaseBlock } from 'asn1js';
import { Failure } from '../failure';
import { Asn1Error, elementsOf, parseAsn1, readInteger, readOctets, readOid } from './asn1';
import type { EncryptionBudget } from './encryption-budget';
import { countRounds, derive, encodePassword } from './pkcs12/key-derivation';
import { decryptRc2 } from './pkcs12/rc2';

export interface Unlocking {
  readonly password: string;
  readonly budget: EncryptionBudget;
}

/** An algorithm that encrypts with a password, read from its AlgorithmIdentifier. */
export interface PasswordEncryption {
  /** e.g. `AES-256 (PBES2)` */
  readonly name: string;
  /** Broken or outdated: OpenSSL 3, and with it Node since version 17, does not read all of these. */
  readonly legacy: boolean;
  /** @throws {Failure} `password-wrong` or `encryption-too-costly`. */
  readonly decrypt: (ciphertext: Buffer, unlocking: Unlocking) => Buffer;
}

interface Cipher {
  readonly name: string;
  readonly node: string;
  readonly keyLength: number;
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/** Ciphers of PBES2, RFC 8018 appendix B.2. */
const ciphers: Readonly<Record<string, Cipher>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'AES-128', node: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'AES-192', node: 'aes-192-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'AES-256', node: 'aes-256-cbc', keyLength: 32 },
  '1.2.840.113549.3.7': { name: '3DES', node: 'des-ede3-cbc', keyLength: 24 },
};

/** Pseudo-random functions of PBKDF2, RFC 8018 appendix B.1.2. */
const hmacs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

/** Encryption of PKCS#12 before PBES2, RFC 7292 appendix C. */
const outdated: Readonly<Record<string, { name: string; bits: number; decrypt: typeof decryptRc2 }>> = {
  '1.2.840.113549.1.12.1.3': { name: '3DES', bits: 192, decrypt: decryptTripleDes },
  '1.2.840.113549.1.12.1.4': { name: '3DES with two keys', bits: 128, decrypt: decryptTripleDes },
  '1.2.840.113549.1.12.1.5': { name: 'RC2 with 128 bits', bits: 128, decrypt: decryptRc2 },
  '1.2.840.113549.1.12.1.6': { name: 'RC2 with 40 bits', bits: 40, decrypt: decryptRc2 },
};

/**
 * Reads an AlgorithmIdentifier.
 * @throws {Failure} `encryption-unsupported` naming its object identifier. @throws {Asn1Error}
 */
export function readPasswordEncryption(algorithm: BaseBlock | undefined): PasswordEncryption {
  const [oid, parameters] = elementsOf(algorithm);
  const id = readOid(oid);
  if (id === PBES2) return readPbes2(parameters);
  const known = outdated[id];
  if (known === undefined) throw unsupported(id);
  const [salt, iterations] = elementsOf(parameters);
  const input = { hash: 'sha1', salt: readOctets(salt), iterations: readInteger(iterations) } as const;
  return {
    name: known.name,
    legacy: true,
    decrypt: (ciphertext, { password, budget }) => {
      budget.spend(countRounds({ ...input, length: known.bits / 8 }) + countRounds({ ...input, length: 8 }));
      return orWrongPassword(() => {
        const encoded = encodePassword(password);
        const key = derive({ ...input, id: 1, password: encoded, length: known.bits / 8 });
        const iv = derive({ ...input, id: 2, password: encoded, length: 8 });
        return known.decrypt(ciphertext, { key, iv });
      });
    },
  };
}

/** Decrypts an EncryptedPrivateKeyInfo (RFC 5958 §3). @throws {Failure} see `readPasswordEncryption`, `key-unreadable`. */
export function decryptPrivateKeyInfo(der: Buffer, unlocking: Unlocking): Buffer {
  try {
    const [algorithm, ciphertext] = elementsOf(parseAsn1(der));
    return readPasswordEncryption(algorithm).decrypt(readOctets(ciphertext), unlocking);
  } catch (error) {
    if (!(error instanceof Asn1Error)) throw error;
    throw new Failure(
      'key-unreadable',
      'The encrypted private key cannot be decoded: it is cut off or damaged.',
      'Take it anew from where it was made.',
    );
  }
}

function readPbes2(parameters: BaseBlock | undefined): PasswordEncryption {
  const [derivation, encryption] = elementsOf(parameters);
  const [cipherOid, iv] = elementsOf(encryption);
  const cipher = ciphers[readOid(cipherOid)];
  if (cipher === undefined) throw unsupported(readOid(cipherOid));
  const vector = readOctets(iv);
  const deriveKey = readDerivation(derivation, cipher.keyLength);
  return {
    name: `${cipher.name} (PBES2)`,
    legacy: false,
    decrypt: (ciphertext, unlocking) => {
      const key = deriveKey(unlocking);
      return orWrongPassword(() => {
        const decipher = createDecipheriv(cipher.node, key, vector);
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
      });
    },
  };
}

function readDerivation(derivation: BaseBlock | undefined, length: number): (unlocking: Unlocking) => Buffer {
  const [oid, parameters] = elementsOf(derivation);
  const id = readOid(oid);
  const [salt, first, ...rest] = elementsOf(parameters);
  if (id === PBKDF2) {
    const iterations = readInteger(first);
    // The length of the key may stand before the pseudo-random function, whose default is SHA-1.
    const prf = rest.at(-1);
    const prfId = prf?.idBlock.tagNumber === 16 ? readOid(elementsOf(prf)[0]) : '1.2.840.113549.2.7';
    const hash = hmacs[prfId];
    if (hash === undefined) throw unsupported(prfId);
    return ({ password, budget }) => {
      budget.spend(iterations * (hash === 'sha384' || hash === 'sha512' ? 2 : 1) * Math.ceil(length / 20));
      return orWrongPassword(() => pbkdf2Sync(password, readOctets(salt), iterations, length, hash));
    };
  }
  if (id !== SCRYPT) throw unsupported(id);
  const [N, r, p] = [first, rest[0], rest[1]].map((element) => readInteger(element));
  return ({ password, budget }) => {
    budget.spend(2 * (N ?? 0) * (r ?? 0) * (p ?? 0));
    return orWrongPassword(() =>
      scryptSync(password, readOctets(salt), length, { N: N ?? 0, r: r ?? 0, p: p ?? 0, maxmem: 100_000_000 }),
    );
  };
}

function decryptTripleDes(ciphertext: Buffer, { key, iv }: { key: Buffer; iv: Buffer }): Buffer {
  const full = key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key;
  const decipher = createDecipheriv('des-ede3-cbc', full, iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

/** Padding that is not right is how a wrong password shows; the cause could hold a part of the content. */
function orWrongPassword(action: () => Buffer): Buffer {
  try {
    return action();
  } catch (error) {
    if (error instanceof Failure || error instanceof Asn1Error) throw error;
    throw wrongPassword();
  }
}

export function wrongPassword(): Failure {
  return new Failure(
    'password-wrong',
    'The password does not open it, or its content is damaged.',
    'Give the password that it was made with; a file with the password may end with one line break, which does not count.',
  );
}

function unsupported(oid: string): Failure {
  return new Failure(
    'encryption-unsupported',
    `It is encrypted with an algorithm that mtls does not know (object identifier ${oid}).`,
    'Write it anew with the tool that made it and AES, e.g. openssl pkcs12 -export or openssl pkcs8 -topk8 -v2 aes-256-cbc.',
  );
}
