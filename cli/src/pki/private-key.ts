import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Failure } from '../failure';
import { errorCode } from '../files/read-input';
import { EncryptionBudget } from './encryption-budget';
import { decryptPrivateKeyInfo, wrongPassword } from './password-encryption';
import { formatPem, type PemBlock } from './pem';

const PLAIN_LABELS: readonly string[] = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'];
const ENCRYPTED_LABEL = 'ENCRYPTED PRIVATE KEY';
/** What OpenSSL says of a cipher that it never had, or no longer has without its legacy provider. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['ERR_OSSL_EVP_UNSUPPORTED', 'ERR_OSSL_PEM_UNSUPPORTED_ENCRYPTION']);

export interface PrivateKey {
  readonly key: KeyObject;
  /** PEM with 64 columns, in the format it came in (PKCS#1, PKCS#8 or SEC1); PKCS#8 where that was encrypted. */
  readonly pem: string;
}

export function isPrivateKeyBlock({ label }: PemBlock): boolean {
  return label === ENCRYPTED_LABEL || PLAIN_LABELS.includes(label);
}

export function isEncrypted({ label, encryption }: PemBlock): boolean {
  return label === ENCRYPTED_LABEL || encryption !== undefined;
}

/**
 * Reads a private key.
 * @param password of an encrypted key; not looked at for others.
 * @throws {Failure} `key-encrypted` without the password, `password-wrong`, `encryption-unsupported`,
 * `encryption-too-costly`, or `key-unreadable`
 * when the block is no private key that OpenSSL understands.
 */
export function readPrivateKey(block: PemBlock, password?: string): PrivateKey {
  return isEncrypted(block) ? decrypt(block, password) : decode(block);
}

function decode(block: PemBlock): PrivateKey {
  const pem = formatPem(block);
  try {
    return { key: createPrivateKey(pem), pem };
  } catch {
    // The cause is not passed on: what OpenSSL reports can quote the key.
    throw unreadable(block);
  }
}

function decrypt(block: PemBlock, password: string | undefined): PrivateKey {
  if (password === undefined)
    throw new Failure(
      'key-encrypted',
      'The private key is encrypted with a password.',
      'Give the password with --password-file FILE or --password-env NAME, or decrypt the key first: openssl pkey -in encrypted.pem -out privateKey.txt',
    );
  if (block.encryption === undefined) {
    const der = decryptPrivateKeyInfo(block.der, { password, budget: new EncryptionBudget() });
    return decodeDecrypted(der);
  }
  try {
    const key = createPrivateKey({ key: formatPem(block), passphrase: password });
    return { key, pem: exportKey(key, block.label) };
  } catch (error) {
    throw UNSUPPORTED.has(errorCode(error)) ? unsupportedCipher(block.encryption.algorithm) : wrongPassword();
  }
}

/** What is no key after decryption was decrypted with a wrong password: one time in 256 its padding looks right. */
function decodeDecrypted(der: Buffer): PrivateKey {
  try {
    return decode({ label: 'PRIVATE KEY', der });
  } catch {
    throw wrongPassword();
  }
}

/** In the format that the label names, as it would stand there without the encryption. */
function exportKey(key: KeyObject, label: string): string {
  if (label === 'RSA PRIVATE KEY') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  return key.export({ type: label === 'EC PRIVATE KEY' ? 'sec1' : 'pkcs8', format: 'pem' }).toString();
}

function unreadable({ label }: PemBlock): Failure {
  return new Failure(
    'key-unreadable',
    `The private key ("${label}") cannot be decoded: it is cut off or damaged.`,
    'Fetch the service key or binding anew and copy the value of "key" as a whole.',
  );
}

function unsupportedCipher(algorithm: string): Failure {
  return new Failure(
    'encryption-unsupported',
    `The private key is encrypted with ${algorithm}, which OpenSSL 3 no longer reads.`,
    'Write it anew where that is still known: openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.key -out new.key',
  );
}

/** Describes a public or private key as a reader knows it, e.g. `RSA 2048` or `EC P-256`. */
export function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const type = (key.asymmetricKeyType ?? 'unknown').toUpperCase();
  if (modulusLength !== undefined) return `${type} ${modulusLength}`;
  return namedCurve === undefined ? type : `${type} ${curveNames.get(namedCurve) ?? namedCurve}`;
}

/** OpenSSL's names of the NIST curves, and those of everybody else. */
const curveNames = new Map([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
]);
