/** So many key sets are remembered for one issuer. */
const MOST_KEY_SETS = 1000;

/**
 * Bounds what @sap/xssec remembers of an issuer's key sets: one for each zone or client that tokens name, and none is ever
 * forgotten. When there are too many all of them go, and each is fetched anew when the next token needs it.
 */
export class KeySetLimit {
  readonly #seen = new Set<string>();

  /** Makes room in the cache, if it takes that, for the key set that is remembered under this name. */
  async admit(name: string, cache: { clear(): Promise<void> }): Promise<void> {
    if (this.#seen.has(name)) return;
    if (this.#seen.size >= MOST_KEY_SETS) {
      this.#seen.clear();
      await cache.clear();
    }
    this.#seen.add(name);
  }
}
