import { createLocalJWKSet, errors, type CryptoKey, type JWTHeaderParameters } from 'jose';
import type { PublicKeySet } from './key-set';

export interface RefreshedKeySetOptions {
  readonly load: () => Promise<PublicKeySet>;
  /** Milliseconds since the epoch; the present by default. */
  readonly now?: () => number;
}

interface LoadedKeys {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly at: number;
}

/** From this age on, keys are fetched anew while the old ones still serve. */
const REFRESH_AGE_MS = 900_000;
/** From this age on, they serve no more: a key that its issuer has withdrawn must not live on. */
const MAX_AGE_MS = 1_800_000;
/** An unknown key id has the keys fetched anew, at most this often: a stranger can invent any number of them. */
const UNKNOWN_KEY_INTERVAL_MS = 30_000;

/** The signing keys of an issuer, fetched once for many requests, and anew when they are old or a token names another one. */
export class RefreshedKeySet {
  readonly #load: () => Promise<PublicKeySet>;
  readonly #now: () => number;
  #loaded: LoadedKeys | undefined;
  #loading: Promise<LoadedKeys> | undefined;
  #lastAttempt = -Infinity;

  constructor({ load, now = Date.now }: RefreshedKeySetOptions) {
    this.#load = load;
    this.#now = now;
  }

  /**
   * Finds the key that a token's header names.
   * @throws {errors.JWKSNoMatchingKey} and others of jose's when there is no such key; what `load` throws when none came
   */
  async find(header: JWTHeaderParameters): Promise<CryptoKey> {
    const keys = await this.#current();
    try {
      return await keys.find(header);
    } catch (error) {
      const isUnknown = error instanceof errors.JWKSNoMatchingKey;
      if (!isUnknown || this.#now() - this.#lastAttempt < UNKNOWN_KEY_INTERVAL_MS) throw error;
      return (await this.#refresh()).find(header);
    }
  }

  async #current(): Promise<LoadedKeys> {
    const loaded = this.#loaded;
    if (loaded === undefined) return this.#refresh();
    const age = this.#now() - loaded.at;
    if (age >= MAX_AGE_MS) return this.#refresh();
    const isDue = age >= REFRESH_AGE_MS && this.#now() - this.#lastAttempt >= UNKNOWN_KEY_INTERVAL_MS;
    // The old keys serve this request; when the refresh fails, the next one tries again.
    if (isDue) this.#refresh().catch(() => undefined);
    return loaded;
  }

  /** One request for all that wait for it. */
  #refresh(): Promise<LoadedKeys> {
    return (this.#loading ??= this.#fetch().finally(() => (this.#loading = undefined)));
  }

  async #fetch(): Promise<LoadedKeys> {
    this.#lastAttempt = this.#now();
    const keys = await this.#load();
    this.#loaded = { find: createLocalJWKSet(keys), at: this.#lastAttempt };
    return this.#loaded;
  }
}
