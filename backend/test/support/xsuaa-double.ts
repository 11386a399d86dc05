import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServerCertificate } from './server-certificate';

export const ZONE = '0f6f3bd4-8d1e-4b5f-9a0c-2f1f4b3f8a11';
export const CLIENT = 'sb-mtlsxsuaa!t1';
export const APP = 'mtlsxsuaa!t1';

/** How the double answers GET /token_keys. */
export type Behaviour =
  | { readonly kind: 'keys' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drip' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

/**
 * XSUAA as a resource server sees it: a TLS server that publishes signing keys, and tokens signed with them. It keeps
 * its port and keys when it stops and starts again.
 */
export class XsuaaDouble {
  readonly #tls: { certificate: string; key: string };
  readonly #privateKey: CryptoKey;
  readonly #publicKey: JWK;
  #server: Server | undefined;
  #port = 0;
  behaviour: Behaviour = { kind: 'keys' };
  /** Keys published besides its own. */
  otherKeys: unknown[] = [];
  /** URLs of the requests so far, with the headers of the last one. */
  readonly requests: string[] = [];
  lastHeaders: NodeJS.Dict<string | string[]> = {};

  private constructor(tls: { certificate: string; key: string }, privateKey: CryptoKey, publicKey: JWK) {
    this.#tls = tls;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  static async start(): Promise<XsuaaDouble> {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig', alg: 'RS256' };
    const double = new XsuaaDouble(await createServerCertificate(), privateKey, jwk);
    await double.listen();
    return double;
  }

  /** What a client must trust, PEM. */
  get certificate(): string {
    return this.#tls.certificate;
  }

  get host(): string {
    return `localhost:${this.#port}`;
  }

  get publicKey(): JWK {
    return this.#publicKey;
  }

  /** Credentials of a binding, as a service broker returns them. */
  get credentials() {
    return {
      clientid: CLIENT,
      xsappname: APP,
      uaadomain: this.host,
      url: `https://${this.host}`,
      clientsecret: 'n0t-4-l0g$',
      'credential-type': 'binding-secret',
      tenantmode: 'dedicated',
      zoneid: ZONE,
      identityzoneid: ZONE,
      tenantid: ZONE,
    };
  }

  /** The JSON of VCAP_SERVICES with this XSUAA bound. */
  get vcapServices(): string {
    const binding = { label: 'xsuaa', name: 'mtlsXsuaa', plan: 'application', tags: ['xsuaa'] };
    return JSON.stringify({ xsuaa: [{ ...binding, credentials: this.credentials }] });
  }

  /** A token as XSUAA issues it for client credentials; `claims` and `header` override single members. */
  async issue(claims: JWTPayload = {}, header: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      jti: crypto.randomUUID(),
      sub: CLIENT,
      cid: CLIENT,
      client_id: CLIENT,
      azp: CLIENT,
      grant_type: 'client_credentials',
      scope: ['uaa.resource'],
      aud: ['uaa', CLIENT],
      zid: ZONE,
      iss: `https://local.${this.host}/oauth/token`,
      ext_attr: { enhancer: 'XSUAA', zdn: 'local' },
      iat: now,
      exp: now + 600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'key-1', typ: 'JWT', jku: `https://${this.host}/token_keys`, ...header })
      .sign(this.#privateKey);
  }

  async listen(): Promise<void> {
    this.#server = createServer({ key: this.#tls.key, cert: this.#tls.certificate }, this.#answer);
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

  readonly #answer: RequestListener = (req, res) => {
    this.requests.push(req.url ?? '');
    this.lastHeaders = req.headers;
    const sendKeys = (): void => {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ keys: [...this.otherKeys, this.#publicKey] }));
    };
    const { behaviour } = this;
    switch (behaviour.kind) {
      case 'keys':
        return sendKeys();
      case 'latency':
        return void setTimeout(sendKeys, behaviour.ms);
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
  };
}
