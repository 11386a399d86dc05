import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { ClientCertificate } from '../tokens/client-certificate';
import { createAxiosClient } from './axios-client';
import type { CreateAgent, HttpClient } from './http-client';
import { createNodeClient } from './node-client';

export interface ConnectionOptions {
  /** Kept and opened to one host. */
  readonly maxSockets: number;
  /** How TLS agents are made; Node's own by default. */
  readonly createAgent?: CreateAgent | undefined;
}

/** A page shows the backend's answer, and no page is heavier than 300 KB. */
const BACKEND_ANSWER_LIMIT_BYTES = 131_072;

/**
 * An agent whose connections differ in nothing but their server. Node's own would build a text of certificate and key to
 * look a socket up, several times a request, and a TLS context for each connection, a millisecond each time.
 */
class CredentialAgent extends HttpsAgent {
  readonly #credential: SecureContextOptions;
  #context: SecureContext | undefined;

  constructor({ key, cert, ...options }: AgentOptions) {
    super(options);
    this.#credential = { key, cert };
  }

  override createConnection(
    options: RequestOptions & { secureContext?: SecureContext },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    this.#context ??= createSecureContext(this.#credential);
    options.secureContext = this.#context;
    return super.createConnection(options, callback);
  }

  override getName({ host, port }: RequestOptions = {}): string {
    return `${host}:${port}`;
  }
}

/**
 * The connections of one credential: one keep-alive TLS agent, which shows its certificate to every server that asks for
 * one, behind a client for token calls and finds and one for the call that every request makes.
 */
export class Connections {
  readonly services: HttpClient;
  readonly backend: HttpClient;
  /** Undefined for a credential without one. */
  readonly thumbprint: string | undefined;
  readonly #agents: readonly (HttpAgent | HttpsAgent)[];
  #inFlight = 0;
  #isRetired = false;

  constructor(certificate: ClientCertificate | undefined, { maxSockets, createAgent }: ConnectionOptions) {
    const create: CreateAgent = createAgent ?? ((options) => new CredentialAgent(options));
    const shown = certificate && { cert: certificate.chain, key: certificate.key.reveal() };
    const https = create({ keepAlive: true, maxSockets, ...shown });
    const http = new HttpAgent({ keepAlive: true, maxSockets });
    this.thumbprint = certificate?.card['x5t#S256'];
    this.#agents = [http, https];
    this.services = this.#count(createAxiosClient({ agent: https }));
    this.backend = this.#count(createNodeClient({ http, https, answerLimitBytes: BACKEND_ANSWER_LIMIT_BYTES }));
  }

  /** Destroys the agents as soon as no request uses them: after a rotation, whose requests in flight still arrive. */
  retire(): void {
    this.#isRetired = true;
    if (this.#inFlight === 0) this.close();
  }

  /** Destroys the agents at once. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  #count(client: HttpClient): HttpClient {
    return {
      send: async (upstream, request) => {
        this.#inFlight += 1;
        try {
          return await client.send(upstream, request);
        } finally {
          this.#inFlight -= 1;
          // A request that began after the retirement has opened connections anew.
          if (this.#isRetired && this.#inFlight === 0) this.close();
        }
      },
    };
  }
}

/** Keeps the connections of the one credential that is in use; with another certificate those of the last one end. */
export class RotatingConnections {
  readonly #options: ConnectionOptions;
  #current: Connections | undefined;
  #isRetired = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  with(certificate: ClientCertificate | undefined): Connections {
    if (this.#current !== undefined && this.#current.thumbprint === certificate?.card['x5t#S256']) return this.#current;
    this.#current?.retire();
    this.#current = new Connections(certificate, this.#options);
    // A request that began before learns only now which certificate it needs.
    if (this.#isRetired) this.#current.retire();
    return this.#current;
  }

  /** As that of `Connections`, for those that are still to come as well. */
  retire(): void {
    this.#isRetired = true;
    this.#current?.retire();
  }
}
