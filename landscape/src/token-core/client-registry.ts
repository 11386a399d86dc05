import type { ClientCertificate } from './client-certificate';
import type { CertificateCredential, ClientCredential } from './client-credential';
import type { PresentedSecret } from './presented-secret';

export interface RegisteredClient {
  readonly clientId: string;
  readonly grantTypes: ReadonlySet<string>;
}

/** What is known of a certificate that does not belong to the client which presents it. */
export type Whereabouts = 'other-client' | 'removed' | 'unknown';

export interface CertificateMatch<Client> {
  readonly client: Client;
  readonly credential: CertificateCredential;
}

const REMEMBERED = 1_000;

interface Entry<Client> {
  readonly client: Client;
  readonly credentials: ReadonlyMap<string, ClientCredential>;
}

/** The OAuth clients of a token service, each with the credentials of its bindings. */
export class ClientRegistry<Client extends RegisteredClient> {
  readonly #entries = new Map<string, Entry<Client>>();
  /** Thumbprints of removed certificates, the newest 1,000: they tell "unbound" from "never heard of". */
  readonly #removed = new Set<string>();

  /** Registers a client or replaces it; credentials that are not among the given ones are useless from now on. */
  put(client: Client, credentials: ReadonlyMap<string, ClientCredential>): void {
    const before = this.#entries.get(client.clientId)?.credentials ?? new Map<string, ClientCredential>();
    this.#entries.set(client.clientId, { client, credentials });
    for (const [id, credential] of before) if (credentials.get(id) !== credential) this.#remember(credential);
    for (const credential of credentials.values())
      if (credential.kind === 'certificate') this.#removed.delete(credential.thumbprint);
  }

  remove(clientId: string): void {
    const entry = this.#entries.get(clientId);
    this.#entries.delete(clientId);
    for (const credential of entry?.credentials.values() ?? []) this.#remember(credential);
  }

  find(clientId: string): Client | undefined {
    return this.#entries.get(clientId)?.client;
  }

  credentialsOf(clientId: string): Iterable<ClientCredential> {
    return this.#entries.get(clientId)?.credentials.values() ?? [];
  }

  /** The client that one of the readings of a secret authenticates. */
  findBySecret(readings: readonly PresentedSecret[]): Client | undefined {
    for (const { clientId, secret } of readings)
      for (const credential of this.credentialsOf(clientId))
        if (credential.kind === 'secret' && credential.matches(secret)) return this.find(clientId);
    return undefined;
  }

  /** The clients that a certificate authenticates by itself, without a client id: one for each credential that it matches. */
  matchesOf(presented: ClientCertificate, now: number): CertificateMatch<Client>[] {
    const matches: CertificateMatch<Client>[] = [];
    for (const { client, credentials } of this.#entries.values())
      for (const credential of credentials.values())
        if (credential.kind === 'certificate' && credential.match(presented, now) === 'match')
          matches.push({ client, credential });
    return matches;
  }

  /** Looks for a certificate among the other clients and the removed ones: slow, for explaining a refusal. */
  locate(thumbprint: string): Whereabouts {
    for (const { credentials } of this.#entries.values())
      for (const credential of credentials.values())
        if (credential.kind === 'certificate' && credential.thumbprint === thumbprint) return 'other-client';
    return this.#removed.has(thumbprint) ? 'removed' : 'unknown';
  }

  #remember(credential: ClientCredential): void {
    if (credential.kind !== 'certificate') return;
    this.#removed.add(credential.thumbprint);
    const [oldest] = this.#removed;
    if (this.#removed.size > REMEMBERED && oldest !== undefined) this.#removed.delete(oldest);
  }
}
