import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as NetServer, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createHash } from 'node:crypto';
import type { Issued } from './test-ca';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Thumbprint of the certificate that came in the handshake, if it is trusted. */
  readonly thumbprint: string | undefined;
}

export type Handler = (request: ReceivedRequest, res: ServerResponse) => void | Promise<void>;

export interface StandInOptions {
  /** Absent for plain http. */
  readonly tls?: { readonly server: Issued; readonly clientCa?: string };
  readonly handler: Handler;
}

/** A server of a test: counts what it gets, can be stopped and started again on its port. */
export class StandIn {
  readonly requests: ReceivedRequest[] = [];
  handshakes = 0;
  handler: Handler;
  readonly #options: StandInOptions;
  #server: Server | undefined;
  #port = 0;

  private constructor(options: StandInOptions) {
    this.#options = options;
    this.handler = options.handler;
  }

  static async start(options: StandInOptions): Promise<StandIn> {
    const standIn = new StandIn(options);
    await standIn.start();
    return standIn;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://localhost:${this.#port}`;
  }

  reset(): void {
    this.handler = this.#options.handler;
    this.requests.length = 0;
    this.handshakes = 0;
  }

  async start(): Promise<void> {
    const { tls } = this.#options;
    const listener = (req: IncomingMessage, res: ServerResponse): void => void this.#receive(req, res);
    const server =
      tls === undefined
        ? createHttpServer(listener)
        : createHttpsServer(
            {
              key: tls.server.key,
              cert: tls.server.chain,
              ...(tls.clientCa !== undefined && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: false }),
            },
            listener,
          );
    server.on('secureConnection', () => (this.handshakes += 1));
    this.#port = await listenBelowEphemeral(server, this.#port);
    this.#server = server;
  }

  /** Cuts every connection. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  closeIdleConnections(): void {
    this.#server?.closeIdleConnections();
  }

  async #receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer); // a request without encoding yields buffers
    const request = {
      method: req.method ?? '',
      url: req.url ?? '',
      headers: req.headers,
      body: Buffer.concat(chunks).toString(),
      thumbprint: thumbprintOf(req.socket),
    };
    this.requests.push(request);
    await this.handler(request, res);
  }
}

/** A port that survives a restart of its server: outgoing connections take theirs from 32768 on. */
export async function listenBelowEphemeral(server: Server | NetServer, wanted = 0): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = wanted === 0 ? 30_100 + Math.floor(Math.random() * 2600) : wanted;
    const listening = new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.once('listening', () => resolve(true));
    });
    server.listen(port, '127.0.0.1');
    if (await listening) return port;
    server.removeAllListeners('listening');
  }
  throw new Error('no free port');
}

export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

/** Accepts and never answers. */
export const hang: Handler = () => undefined;

function thumbprintOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate && createHash('sha256').update(certificate.raw).digest('base64url');
}
