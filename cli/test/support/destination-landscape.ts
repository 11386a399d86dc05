import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { formatChain, formatKeystore, readKeystore } from '../../src/pki/keystore';
import { issue, pkcs1, type TestCertificate } from './test-chain';

type Stored = Record<string, string>;
type Collection = 'subaccountDestinations' | 'instanceDestinations' | 'subaccountCertificates' | 'instanceCertificates';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/**
 * Token endpoint and Destination Service in one TLS server: a find fetches its token with the stored keystore over a real
 * handshake, and the token's `cnf` is that of the certificate that the handshake showed.
 */
export class DestinationLandscape {
  /** Thumbprints that the token endpoint accepts, with the client they stand for. */
  readonly clients = new Map<string, string>();
  readonly secrets = new Map<string, string>();
  readonly requests: RecordedRequest[] = [];
  readonly stores: Record<Collection, Map<string, Stored>> = {
    subaccountDestinations: new Map(),
    instanceDestinations: new Map(),
    subaccountCertificates: new Map(),
    instanceCertificates: new Map(),
  };
  /** Answers instead of the service where it returns something. */
  override: (method: string, path: string) => Answer | 'hang' | undefined = () => undefined;
  readonly #server: Server;
  readonly #root: TestCertificate;

  private constructor(server: Server, root: TestCertificate) {
    this.#server = server;
    this.#root = root;
    server.on('request', (req: IncomingMessage, res: ServerResponse) => void this.#serve(req, res));
  }

  /** @param root signs the server's certificate and the clients that it trusts. */
  static async start(root: TestCertificate): Promise<DestinationLandscape> {
    const own = await issue({ name: 'CN=localhost', issuer: root, use: 'server' });
    const server = createServer({
      key: pkcs1(own.key),
      cert: own.pem,
      ca: root.pem,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return new DestinationLandscape(server, root);
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req);
    const method = req.method ?? '';
    const path = decodeURIComponent((req.url ?? '').split('?')[0] ?? '');
    this.requests.push({ method, path, body });
    const answer = this.override(method, path) ?? (await this.#answer(req, { method, path, body }));
    if (answer === 'hang') return;
    const isText = typeof answer.body === 'string';
    res.writeHead(answer.status, { 'content-type': isText ? 'text/plain' : 'application/json' });
    res.end(isText ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body));
  }

  async #answer(req: IncomingMessage, { method, path, body }: RecordedRequest): Promise<Answer> {
    if (path === '/oauth/token') return this.#issueToken(req.socket, new URLSearchParams(body));
    if (req.headers.authorization?.startsWith('Bearer ey') !== true) return { status: 401, body: 'Unauthorized' };
    const [, version, collection = '', name, part] =
      /^\/destination-configuration\/(v1)\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(path) ?? [];
    if (version === undefined) return { status: 404, body: 'Not Found' };
    if (collection === 'destinations') return this.#find(name ?? '');
    const store = this.stores[collection as Collection];
    if (method === 'GET' && name === undefined) return { status: 200, body: [...store.values()] };
    if (method === 'GET') return readEntry(store, { name: name ?? '', part });
    if (method === 'DELETE')
      return store.delete(name ?? '')
        ? { status: 200, body: { Count: 1 } }
        : { status: 404, body: { ErrorMessage: 'Configuration with the specified name was not found' } };
    const entry = JSON.parse(body) as Stored;
    const exists = store.has(entry['Name'] ?? '');
    if (method === 'POST' && exists) return { status: 409, body: 'Duplicate key' };
    if (method === 'PUT' && !exists)
      return { status: 404, body: { ErrorMessage: 'Configuration with the specified name was not found' } };
    store.set(entry['Name'] ?? '', entry);
    return method === 'POST' ? { status: 201 } : { status: 200, body: { Count: 1 } };
  }

  #issueToken(socket: IncomingMessage['socket'], form: URLSearchParams): Answer {
    const clientId = form.get('client_id') ?? '';
    const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
    const thumbprint = certificate && createHash('sha256').update(certificate.raw).digest('base64url');
    const bySecret = form.has('client_secret') && this.secrets.get(clientId) === form.get('client_secret');
    const byCertificate =
      thumbprint !== undefined && !form.has('client_secret') && this.clients.get(thumbprint) === clientId;
    if (!bySecret && !byCertificate)
      return { status: 401, body: { error: 'invalid_client', error_description: 'Bad credentials' } };
    const claims = {
      cid: clientId,
      exp: Math.floor(Date.now() / 1000) + 43_199,
      jti: randomUUID(),
      ...(byCertificate && { cnf: { 'x5t#S256': thumbprint } }),
    };
    return { status: 200, body: { access_token: encodeToken(claims), token_type: 'bearer', expires_in: 43_199 } };
  }

  async #find(name: string): Promise<Answer> {
    const level = this.stores.instanceDestinations.has(name) ? 'instance' : 'subaccount';
    const destination = this.stores[`${level}Destinations`].get(name);
    if (destination === undefined)
      return { status: 404, body: { ErrorMessage: 'Configuration with the specified name was not found' } };
    const owner = { SubaccountId: 'sub', InstanceId: level === 'instance' ? 'inst' : null };
    const keystore = this.stores[`${level}Certificates`].get(destination['tokenService.KeyStoreLocation'] ?? '');
    const token = await this.#fetchToken(destination, keystore?.['Content'] ?? '');
    return { status: 200, body: { owner, destinationConfiguration: destination, authTokens: [token] } };
  }

  async #fetchToken(destination: Stored, content: string): Promise<Stored> {
    const failed = (error: string): Stored => ({ type: '', value: '', error, expires_in: '0' });
    if (destination['clientSecret'] !== undefined) return failed('Bad credentials');
    const identity = readKeystore(Buffer.from(content, 'base64').toString());
    const outgoing = request(destination['tokenServiceURL'] ?? '', {
      method: 'POST',
      agent: false,
      ca: this.#root.pem,
      key: identity.key.pem,
      cert: formatChain(identity.chain),
    });
    outgoing.end(
      new URLSearchParams({ grant_type: 'client_credentials', client_id: destination['clientId'] ?? '' }).toString(),
    );
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const answer = JSON.parse(await text(response)) as Record<string, string>;
    if (response.statusCode !== 200)
      return failed(`Retrieval of OAuthToken failed due to: ${answer['error_description'] ?? ''}`);
    return { type: 'Bearer', value: answer['access_token'] ?? '', expires_in: '43199' };
  }
}

export function encodeToken(claims: Record<string, unknown>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** `publicKeys` answers without the private key, as the service does. */
function readEntry(store: Map<string, Stored>, { name, part }: { name: string; part: string | undefined }): Answer {
  const entry = store.get(name);
  if (entry === undefined)
    return { status: 404, body: { ErrorMessage: 'Configuration with the specified name was not found' } };
  if (part !== 'publicKeys') return { status: 200, body: entry };
  const identity = readKeystore(Buffer.from(entry['Content'] ?? '', 'base64').toString());
  return {
    status: 200,
    body: [{ Content: formatKeystore(identity).slice(identity.key.pem.length), SubjectDN: 'CN=client' }],
  };
}
