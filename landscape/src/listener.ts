import { constants, createHash, type X509Certificate } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describeSubject, maskPath, type Journal, type PresentedCertificate, type ServiceName } from './journal';

/** A fault that a listener shows on demand, so that a reader sees what the apps say about it. */
export type Fault =
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'latency'; readonly ms: number };

export interface ListenerOptions {
  readonly service: ServiceName;
  readonly host: string;
  readonly port: number;
  readonly journal: Journal;
  readonly handler: RequestListener;
  /** TLS material; absent for a plain http listener. `requestCert` listeners look at bad certificates themselves. */
  readonly tls?: Pick<ServerOptions, 'key' | 'cert' | 'ca' | 'requestCert'>;
}

const notes = new WeakMap<IncomingMessage, string>();
const peers = new WeakMap<TLSSocket, Peer | false>();

/** Tells the journal why this request gets its answer. */
export function noteRequest(req: IncomingMessage, note: string): void {
  notes.set(req, note);
}

/** Without renegotiation a connection keeps the certificate of its handshake; TLS 1.3 has none either. */
const tlsPolicy = {
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const;

/** Longer than clients keep an idle connection: else one closes just when it is used again (gorouter has 900 s). */
const KEEP_ALIVE_MS = 75_000;

/** One port of a stand-in: starts, stops (cutting open connections) and starts again, records what it serves. */
export class Listener {
  readonly #options: ListenerOptions;
  #server: Server | undefined;
  #fault: Fault | undefined;
  /** Also those in the middle of a handshake, which the server itself does not close. */
  readonly #sockets = new Set<Socket>();

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  get service(): ServiceName {
    return this.#options.service;
  }

  get port(): number {
    return this.#options.port;
  }

  get running(): boolean {
    return this.#server !== undefined;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  setFault(fault: Fault | undefined): void {
    this.#fault = fault;
  }

  /** @throws the error of `listen`, e.g. EADDRINUSE, whose message names the port. */
  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const { tls, host, port } = this.#options;
    const server =
      tls === undefined
        ? createHttpServer((req, res) => this.#serve(req, res))
        : createHttpsServer({ ...tls, ...tlsPolicy }, (req, res) => this.#serve(req, res));
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('secureConnection', (socket: TLSSocket) => this.#recordHandshake(socket));
    server.listen(port, host);
    await once(server, 'listening');
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(...[req, res]: Parameters<RequestListener>): void {
    const started = performance.now();
    const time = new Date().toISOString();
    const { service, port, journal, handler } = this.#options;
    const certificate = presentedCertificate(req.socket);
    res.once('close', () => {
      const note = notes.get(req);
      journal.add({
        kind: 'request',
        service,
        port,
        time,
        method: req.method ?? '',
        path: maskPath(req.url ?? '/'),
        status: res.statusCode,
        durationMs: Math.round((performance.now() - started) * 10) / 10,
        ...(certificate && { certificate }),
        ...(note !== undefined && { note }),
      });
    });
    const fault = this.#fault;
    switch (fault?.kind) {
      case undefined:
        return handler(req, res);
      case 'hang':
        return;
      case 'reset':
        return void req.socket.destroy();
      case 'status':
        res.writeHead(fault.status, { 'content-type': 'text/plain' });
        res.end(`The landscape answers ${fault.status} for ${service}: a fault set on demand.\n`);
        return;
      case 'latency':
        setTimeout(() => handler(req, res), fault.ms);
        return;
    }
  }

  #recordHandshake(socket: TLSSocket): void {
    const { service, port, journal } = this.#options;
    const certificate = presentedCertificate(socket);
    journal.add({
      kind: 'handshake',
      service,
      port,
      time: new Date().toISOString(),
      resumed: socket.isSessionReused(),
      ...(certificate && { certificate }),
    });
  }
}

/** What the client presented in the handshake of this connection; undefined without TLS or without a certificate. */
export function presentedCertificate(socket: IncomingMessage['socket']): PresentedCertificate | undefined {
  return readPeer(socket)?.presented;
}

/**
 * The client's certificate with its chain (`issuerCertificate`). Node takes the chain out of the connection at the first
 * look, so that a second one would find none: this is the only place that looks.
 */
export function peerCertificate(socket: IncomingMessage['socket']): X509Certificate | undefined {
  return readPeer(socket)?.certificate;
}

interface Peer {
  readonly certificate: X509Certificate;
  readonly presented: PresentedCertificate;
}

function readPeer(socket: IncomingMessage['socket']): Peer | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  let known = peers.get(socket);
  if (known === undefined) {
    const certificate = socket.getPeerX509Certificate();
    known = certificate !== undefined && { certificate, presented: describePeer(socket, certificate) };
    peers.set(socket, known);
  }
  return known === false ? undefined : known;
}

function describePeer(socket: TLSSocket, certificate: X509Certificate): PresentedCertificate {
  return {
    subject: describeSubject(certificate),
    'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
    authorized: socket.authorized,
    ...(!socket.authorized && { reason: String(socket.authorizationError) }),
  };
}
