/** Holds a secret in a private field, so that no log, JSON or inspected error can show it by mistake. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }
}
