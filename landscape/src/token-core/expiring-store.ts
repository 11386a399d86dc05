interface Entry<Value> {
  readonly value: Value;
  readonly expiresAt: number;
}

const CAPACITY = 10_000;

/** Values that are found by a secret name and for a limited time, in memory; the newest 10,000. */
export class ExpiringStore<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(name: string, value: Value, validityS: number): void {
    this.#entries.set(name, { value, expiresAt: this.#now() + validityS * 1000 });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > CAPACITY && oldest !== undefined) this.#entries.delete(oldest);
  }

  find(name: string): Value | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.expiresAt > this.#now()) return entry?.value;
    this.#entries.delete(name);
    return undefined;
  }

  /** Finds a value and forgets it, so that it is found once. */
  take(name: string): Value | undefined {
    const value = this.find(name);
    this.#entries.delete(name);
    return value;
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  /** The names of the values that a condition holds for, the oldest first. */
  namesWhere(condition: (value: Value) => boolean): string[] {
    return [...this.#entries].filter(([, { value }]) => condition(value)).map(([name]) => name);
  }
}
