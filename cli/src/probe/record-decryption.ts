import { createDecipheriv, createHmac, type CipherGCMTypes } from 'node:crypto';

/** One record of TLS: its header is authenticated with it. */
export interface TlsRecord {
  readonly type: number;
  readonly header: Buffer;
  readonly payload: Buffer;
}

interface Suite {
  readonly cipher: CipherGCMTypes | 'chacha20-poly1305';
  readonly keyLength: number;
  readonly hash: string;
}

/** The cipher suites of TLS 1.3 that Node offers, RFC 8446 §B.4. */
const suites: ReadonlyMap<number, Suite> = new Map([
  [0x1301, { cipher: 'aes-128-gcm', keyLength: 16, hash: 'sha256' }],
  [0x1302, { cipher: 'aes-256-gcm', keyLength: 32, hash: 'sha384' }],
  [0x1303, { cipher: 'chacha20-poly1305', keyLength: 32, hash: 'sha256' }],
]);
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

export interface Decrypted {
  /** The content type that was hidden, RFC 8446 §5.2. */
  readonly type: number;
  readonly content: Buffer;
}

/**
 * Creates the function that decrypts the server's handshake records in their order, RFC 8446 §5.2 and §7.3.
 * @param secret `SERVER_HANDSHAKE_TRAFFIC_SECRET` of our own connection.
 * @returns undefined for a cipher suite that is not known; the function throws when a record does not authenticate.
 */
export function createRecordDecryption(
  suiteNumber: number,
  secret: Buffer,
): ((record: TlsRecord) => Decrypted) | undefined {
  const suite = suites.get(suiteNumber);
  if (suite === undefined) return undefined;
  const key = expandLabel(secret, { label: 'key', length: suite.keyLength, hash: suite.hash });
  const iv = expandLabel(secret, { label: 'iv', length: IV_LENGTH, hash: suite.hash });
  let sequence = 0;
  return ({ header, payload }) => {
    const nonce = Buffer.from(iv);
    nonce.writeUInt32BE((nonce.readUInt32BE(IV_LENGTH - 4) ^ sequence) >>> 0, IV_LENGTH - 4);
    sequence += 1;
    // Node's types have one overload for each family; both take the same options.
    const decipher = createDecipheriv(suite.cipher as CipherGCMTypes, key, nonce, { authTagLength: TAG_LENGTH });
    decipher.setAAD(header);
    decipher.setAuthTag(payload.subarray(payload.length - TAG_LENGTH));
    const inner = Buffer.concat([decipher.update(payload.subarray(0, payload.length - TAG_LENGTH)), decipher.final()]);
    return removePadding(inner);
  };
}

/** Behind the content come its type and any number of zeros. */
function removePadding(inner: Buffer): Decrypted {
  let end = inner.length - 1;
  while (end > 0 && inner[end] === 0) end -= 1;
  return { type: inner[end] ?? 0, content: inner.subarray(0, end) };
}

/** HKDF-Expand-Label with an empty context, RFC 8446 §7.1; what is asked for fits into one block. */
function expandLabel(
  secret: Buffer,
  { label, length, hash }: { readonly label: string; readonly length: number; readonly hash: string },
): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.from([length >> 8, length & 0xff, name.length, ...name, 0, 1]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}
