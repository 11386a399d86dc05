/**
 * Whether the subaccount trusts the tenant (cockpit: Security, Trust Configuration); a landscape begins with trust.
 *
 * Apps learn of it in two ways. A binding made without trust names no trusted domain, so that an app with it refuses every
 * token as one of an untrusted issuer. An app whose binding is older asks for the signing keys when it has none (after its
 * start, and every half hour), and is refused them.
 */
export class Trust {
  #established = true;

  get established(): boolean {
    return this.#established;
  }

  establish(): void {
    this.#established = true;
  }

  remove(): void {
    this.#established = false;
  }
}
