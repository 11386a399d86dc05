import { invalidRequest } from './oauth-error';

/** The parameters of a form-encoded request. */
export class Form {
  readonly #values: ReadonlyMap<string, string>;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /**
   * Parses `application/x-www-form-urlencoded` text; a parameter without a value counts as omitted (RFC 6749 §3.2).
   * @throws {OAuthError} invalid_request when a parameter is repeated.
   */
  static parse(body: string): Form {
    const values = new Map<string, string>();
    for (const [name, value] of new URLSearchParams(body)) {
      if (values.has(name)) throw invalidRequest(`Parameter ${abbreviate(name)} is repeated`);
      values.set(name, value);
    }
    return new Form(values);
  }

  get(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === '' ? undefined : value;
  }
}

function abbreviate(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
