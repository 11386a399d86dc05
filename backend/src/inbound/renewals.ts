/** SAP Help, parameters for self-managed certificates: one that is so young is accepted beside its successor. */
const GRACE_MS = 10 * 60_000;

/**
 * Remembers of each entry that is known by names when its newest certificate was issued: once that one has been used, older ones
 * are refused, as XSUAA does with `certificate-pinning: false`. Each app instance remembers for itself, until it ends.
 */
export class Renewals {
  readonly #newest = new Map<string, number>();

  /** Times are milliseconds since the epoch. */
  isOutdated(key: string, issuedAt: number, now: number): boolean {
    const newest = this.#newest.get(key);
    return newest !== undefined && issuedAt < newest && now - issuedAt >= GRACE_MS;
  }

  /** Takes note that a certificate was accepted. */
  record(key: string, issuedAt: number): void {
    const newest = this.#newest.get(key);
    if (newest === undefined || issuedAt > newest) this.#newest.set(key, issuedAt);
  }
}
