import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServerCertificate } from './server-certificate';

/** How a double answers. */
export type Behaviour =
  | { readonly kind: 'keys' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drip' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

export interface IssuerKeys {
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly privateKey: CryptoKey;
  readonly publicKey: JWK;
}

/** A TLS certificate and a signing key, made anew. */
export async function createIssuerKeys(): Promise<IssuerKeys> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig', alg: 'RS256' };
  return { tls: await createServerCertificate(), privateKey, publicKey: jwk };
}

/**
 * An issuer as a resource server sees it: a TLS server that publishes signing keys, and tokens signed with them. It keeps
 * its port and keys when it stops and starts again.
 */
export abstract class IssuerDouble {
  readonly #keys: IssuerKeys;
  #server: Server | undefined;
  #port = 0;
  behaviour: Behaviour = { kind: 'keys' };
  /** Keys published besides its own. */
  otherKeys: unknown[] = [];
  /** URLs of the requests so far, with the headers of the last one. */
  readonly requests: string[] = [];
  lastHeaders: NodeJS.Dict<string | string[]> = {};

  constructor(keys: IssuerKeys) {
    this.#keys = keys;
  }

  /** Credentials of a binding, as a service broker returns them. */
  abstract get credentials(): Readonly<Record<string, unknown>>;
  /** An entry of VCAP_SERVICES with its label. */
  abstract get binding(): { readonly label: string; readonly name: string; readonly tags: readonly string[] };
  /** Claims and header of a good token. */
  abstract get goodToken(): { readonly claims: JWTPayload; readonly header: Readonly<Record<string, unknown>> };

  /** What a client must trust, PEM. */
  get certificate(): string {
    return this.#keys.tls.certificate;
  }

  get host(): string {
    return `localhost:${this.#port}`;
  }

  get publicKey(): JWK {
    return this.#keys.publicKey;
  }

  /** A good token; `claims` and `header` override single members. */
  async issue(claims: JWTPayload = {}, header: Record<string, unknown> = {}): Promise<string> {
    const good = this.goodToken;
    return new SignJWT({ ...good.claims, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'key-1', ...good.header, ...header })
      .sign(this.#keys.privateKey);
  }

  async listen(): Promise<void> {
    const { certificate, key } = this.#keys.tls;
    this.#server = createServer({ key, cert: certificate }, (req, res) => this.#behave(req, res));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Answers as long as all is well. */
  protected answer(_req: IncomingMessage, res: ServerResponse): void {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ keys: [...this.otherKeys, this.publicKey] }));
  }

  #behave(req: IncomingMessage, res: ServerResponse): void {
    this.requests.push(req.url ?? '');
    this.lastHeaders = req.headers;
    const { behaviour } = this;
    switch (behaviour.kind) {
      case 'keys':
        return this.answer(req, res);
      case 'latency':
        return void setTimeout(() => this.answer(req, res), behaviour.ms);
      case 'hang':
        return;
      case 'drip': {
        res.write('{');
        const drip = setInterval(() => res.write(' '), 20);
        res.once('close', () => clearInterval(drip));
        return;
      }
      case 'reset':
        return void req.socket.destroy();
      case 'answer':
        res.writeHead(behaviour.status, { 'content-type': 'text/html' }).end(behaviour.body);
    }
  }
}

/** The JSON of VCAP_SERVICES with these issuers bound. */
export function vcapServicesOf(...issuers: readonly IssuerDouble[]): string {
  const entries = issuers.map(({ binding, credentials }) => [
    binding.label,
    [{ plan: 'application', ...binding, credentials }],
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}
