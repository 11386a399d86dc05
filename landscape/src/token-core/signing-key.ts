import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  type webcrypto,
  type X509Certificate,
} from 'node:crypto';
import { join } from 'node:path';
import { jwtVerify, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { object, pipe, regex, string } from 'valibot';
import { generateRsaKey, importSigningKey } from '../ca/rsa-key';
import { readStateFile, StateFileError, writeStateFile } from '../ca/state-file';
import type { LandscapeSettings } from '../settings';
import { certifySigningKey } from './signing-certificate';

const ALGORITHM = 'RS256';
const KEY_LENGTH = 2048;
const REMEDY = 'the next start makes a new signing key, and apps that still run must be restarted to trust it.';
const schema = object({ kid: pipe(string(), regex(/^[\w-]+$/)), privateKey: string() });

export interface SigningKeyOptions extends Pick<LandscapeSettings, 'stateFolder' | 'now'> {
  /** The service whose tokens it signs; names the file. */
  readonly service: string;
  /** What its key id starts with. */
  readonly kidPrefix: string;
}

interface KeyMaterial {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The key that a token service signs with. It persists: apps keep a key set for 30 minutes, across a restart of its server. */
export class SigningKey {
  readonly kid: string;
  /** PEM, SPKI ("PUBLIC KEY"). */
  readonly publicPem: string;
  readonly jwk: { readonly kty: 'RSA'; readonly e: string; readonly n: string };
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #signingKey: webcrypto.CryptoKey;
  readonly #now: () => number;

  private constructor({ kid, privateKey }: KeyMaterial, signingKey: webcrypto.CryptoKey, now: () => number) {
    this.kid = kid;
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
    this.publicPem = this.#publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const { e = '', n = '' } = this.#publicKey.export({ format: 'jwk' });
    this.jwk = { kty: 'RSA', e, n };
    this.#signingKey = signingKey;
    this.#now = now;
  }

  /**
   * Opens the service's key in the state folder, or makes one.
   * @throws {StateFileError} when its file is damaged; the message says what to do.
   */
  static async open(options: SigningKeyOptions): Promise<SigningKey> {
    const file = join(options.stateFolder, 'signing-keys', `${options.service}.json`);
    const material = (await readKey(file)) ?? (await createKey(file, options.kidPrefix));
    return new SigningKey(material, await importSigningKey(material.privateKey), options.now);
  }

  /** Signs claims with RS256; `header` adds to `alg`, `kid` and `typ`. */
  sign(claims: JWTPayload, header: Omit<JWTHeaderParameters, 'alg' | 'kid' | 'typ'>): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, ...header, kid: this.kid, typ: 'JWT' })
      .sign(this.#signingKey);
  }

  /** The certificate that some services publish with the key (RFC 7517 §4.7): signed by itself, always the same. */
  certify(commonName: string): Promise<X509Certificate> {
    return certifySigningKey({ commonName, publicKey: this.#publicKey, signingKey: this.#signingKey });
  }

  /** Exports the private key for a token service whose engine signs by itself; it belongs into no answer and no log. */
  exportPrivateJwk(): JsonWebKey {
    return this.#privateKey.export({ format: 'jwk' });
  }

  /**
   * Verifies signature, issuer and expiry of a token that this key signed.
   * @throws jose's errors, e.g. JWTExpired.
   */
  async verify(jwt: string, { issuer }: { issuer: string }): Promise<JWTPayload> {
    const { payload } = await jwtVerify(jwt, this.#publicKey, {
      algorithms: [ALGORITHM],
      issuer,
      currentDate: new Date(this.#now()),
      requiredClaims: ['exp'],
    });
    return payload;
  }
}

async function readKey(file: string): Promise<KeyMaterial | undefined> {
  const stored = await readStateFile({ file, schema, remedy: REMEDY });
  if (stored === undefined) return undefined;
  try {
    const privateKey = createPrivateKey(stored.privateKey);
    if (privateKey.asymmetricKeyType === 'rsa') return { kid: stored.kid, privateKey };
  } catch (error) {
    throw new StateFileError(file, 'is damaged: the key in it cannot be read.', REMEDY, { cause: error });
  }
  throw new StateFileError(file, 'is damaged: the key in it is no RSA key.', REMEDY);
}

async function createKey(file: string, kidPrefix: string): Promise<KeyMaterial> {
  const { privateKey, publicKey } = await generateRsaKey(KEY_LENGTH);
  const digest = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }));
  const kid = `${kidPrefix}${digest.digest('hex').slice(0, 10)}`;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeStateFile(file, `${JSON.stringify({ kid, privateKey: pem }, undefined, 2)}\n`);
  return { kid, privateKey };
}
