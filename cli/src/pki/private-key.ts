import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Failure } from '../failure';
import { formatPem, type PemBlock } from './pem';

const keyLabels: readonly string[] = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'];

export interface PrivateKey {
  readonly key: KeyObject;
  /** PEM with 64 columns, in the format it came in (PKCS#1, PKCS#8 or SEC1). */
  readonly pem: string;
}

export function isPrivateKeyBlock({ label }: PemBlock): boolean {
  return keyLabels.includes(label);
}

/** @throws {Failure} `key-unreadable` when the block is no private key that OpenSSL understands. */
export function readPrivateKey(block: PemBlock): PrivateKey {
  const pem = formatPem(block);
  try {
    return { key: createPrivateKey(pem), pem };
  } catch {
    // The cause is not passed on: what OpenSSL reports can quote the key.
    throw new Failure(
      'key-unreadable',
      `The private key ("${block.label}") cannot be decoded: it is cut off or damaged.`,
      'Fetch the service key or binding anew and copy the value of "key" as a whole.',
    );
  }
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
