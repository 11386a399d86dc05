import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CertificateAuthority, IssuedClient } from '../../src/ca/certificate-authority';
import { Journal } from '../../src/journal';
import { parseRouteName, type RouteName } from '../../src/router/route-name';
import { Router } from '../../src/router/router';
import { findPortBase } from '../support/port-base';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An app that answers with the request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: Record<string, string>;
  readonly body: string;
}

export const echo: RequestListener = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const { method, url, headers, rawHeaders } = req;
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString() }));
  });
};

/** A router on ports of its own, with apps behind it. */
export class RunningRouter {
  readonly router: Router;
  readonly journal = new Journal();
  readonly accessLog: string[] = [];
  /** How far the landscape's clock runs ahead of the machine's. */
  aheadMs = 0;
  readonly #servers: Server[] = [];

  private constructor(router: (running: RunningRouter) => Router) {
    this.router = router(this);
  }

  static async start(ca: CertificateAuthority): Promise<RunningRouter> {
    const [portBase, server] = [await findPortBase(), await ca.issueServer()];
    return new RunningRouter(
      ({ journal, now }) => new Router({ settings: { portBase, now }, journal, server, rootPem: ca.rootPem }),
    );
  }

  readonly now = (): number => Date.now() + this.aheadMs;

  async stop(): Promise<void> {
    await this.router.stop();
    for (const server of this.#servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  }

  /** Maps a route to instances of an app and returns where the route is reached. */
  async map(name: string, ...handlers: RequestListener[]): Promise<{ readonly port: number; readonly url: string }> {
    const address = await this.router.add(routeName(name));
    this.setPorts(name, await Promise.all(handlers.map((handler) => this.#listen(handler))));
    return address;
  }

  /** Gives an app that is mapped instances on these ports. */
  setPorts(name: string, ports: readonly number[]): void {
    const endpoints = ports.map((port, index) => ({
      port,
      index,
      instanceId: `instance-${index}`,
      applicationId: 'app-guid',
      onAccess: (line: string) => void this.accessLog.push(line),
    }));
    this.router.setTargets(name, { mapped: true, endpoints });
  }

  /** Where the app that was mapped last listens. */
  appPort(): number {
    const server = this.#servers.at(-1);
    if (server === undefined) throw new Error('No app listens.');
    return (server.address() as AddressInfo).port;
  }

  notes(): (string | undefined)[] {
    return this.journal.entries('router').flatMap((entry) => (entry.kind === 'request' ? [entry.note] : []));
  }

  async #listen(handler: RequestListener): Promise<number> {
    const server = createServer(handler).listen(0, '127.0.0.1');
    this.#servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
}

/** @throws for what is no route. */
export function routeName(text: string): RouteName {
  const name = parseRouteName(text);
  if (name === undefined) throw new Error(`${text} is no route.`);
  return name;
}

export function named(name: string): RequestListener {
  return (_, res) => void res.end(name);
}

export function issueClient(ca: CertificateAuthority): Promise<IssuedClient> {
  return ca.issueClient({ commonName: 'router-test', locality: 'test', keyLength: 2048, validityDays: 7 });
}

export async function readAnswer(response: IncomingMessage): Promise<Answer> {
  return { status: response.statusCode ?? 0, headers: response.headers, body: await readBody(response) };
}

export async function readBody(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}

export function readSeen(answer: Answer): Seen {
  return JSON.parse(answer.body) as Seen;
}
