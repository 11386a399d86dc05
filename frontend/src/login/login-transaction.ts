import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Credential } from '../tokens/credential';
import { parseJson } from '../upstream/answer';

/** A login that has begun: what its answer is checked with. */
const transactionSchema = v.object({
  state: v.string(),
  nonce: v.string(),
  /** RFC 7636. */
  codeVerifier: v.string(),
  redirectUri: v.string(),
  /** Path in this app. */
  returnTo: v.string(),
  /** Milliseconds since the epoch. */
  begunAt: v.number(),
});
export type LoginTransaction = v.InferOutput<typeof transactionSchema>;

/** A user may have to look for a password. */
export const LOGIN_LIMIT_MS = 600_000;

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals logins that have begun into cookies: the browser that began a login is then the only one that can complete it, no
 * session exists before somebody has logged in, and each instance of this app can open what another has sealed. The key
 * comes from the client's own credential, which all of them share.
 */
export class TransactionSeal {
  readonly #key: Buffer;

  constructor(credential: Credential) {
    const secret = credential.kind === 'secret' ? credential.secret : credential.certificate.key;
    this.#key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', 'login transaction', 32));
  }

  /** As base64url. */
  seal(transaction: LoginTransaction): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(transaction)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Undefined for what was not sealed with this key, and for a login that has taken too long. */
  open(text: string, now: number): LoginTransaction | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      const parsed = v.safeParse(transactionSchema, parseJson(opened.toString()));
      return parsed.success && now - parsed.output.begunAt < LOGIN_LIMIT_MS ? parsed.output : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Begins the names of the cookies of all logins that have begun. */
export const TRANSACTION_PREFIX = 'login-';

/** Names the cookie of a login by its state, so that several tabs do not disturb each other. */
export function transactionName(state: string): string {
  return `${TRANSACTION_PREFIX}${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
}
