import { invalidRequest } from './oauth-error';

/** The parameters of a form-encoded request. */
export class Form {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  private constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /**
   * Parses `application/x-www-form-urlencoded` text; a parameter without a value counts as omitted (RFC 6749 §3.2).
   * @throws {OAuthError} invalid_request when a parameter is repeated that is not among the `repeatable` ones.
   */
  static parse(body: string, repeatable: readonly string[] = []): Form {
    const values = new Map<string, string[]>();
    for (const [name, value] of new URLSearchParams(body)) {
      const earlier = values.get(name);
      if (earlier === undefined) values.set(name, [value]);
      else if (repeatable.includes(name)) earlier.push(value);
      else throw invalidRequest(`Parameter ${abbreviate(name)} is repeated`);
    }
    return new Form(values);
  }

  get(name: string): string | undefined {
    return this.getAll(name)[0];
  }

  getAll(name: string): readonly string[] {
    return (this.#values.get(name) ?? []).filter((value) => value !== '');
  }
}

function abbreviate(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
