import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Journal } from '../journal';
import { Listener, type Fault } from '../listener';
import { startListener } from '../port-in-use';
import { HOST, isBlockedByBrowsers, portOf, type LandscapeSettings } from '../settings';
import { ClientCertificates } from './client-certificate';
import { EndpointPool, type RouterEndpoint } from './endpoint-pool';
import { forward } from './forward';
import type { RouteName } from './route-name';
import { answerRouterError } from './router-error';

export interface RouterOptions {
  readonly settings: Pick<LandscapeSettings, 'portBase' | 'now'>;
  readonly journal: Journal;
  /** What certificate routes show to clients; PEM. */
  readonly server: { readonly key: string; readonly certificate: string };
  /** Client certificates whose chain reaches this root are passed on to an app; PEM. */
  readonly rootPem: string;
}

/** Where a route is reached on this machine. */
export interface RouteAddress {
  readonly port: number;
  /** e.g. `https://localhost:5443`, followed by the route's path. */
  readonly url: string;
}

export interface RouteTargets {
  /** Whether any app is mapped: without one the route is unknown, with one that is down it has no endpoints. */
  readonly mapped: boolean;
  readonly endpoints: readonly RouterEndpoint[];
}

interface Route {
  readonly name: RouteName;
  readonly port: number;
  readonly pool: EndpointPool;
  readonly listener: Listener;
  mapped: boolean;
}

/** The most routes of a kind; their ports stay below those of the next service. */
const ROUTES_LIMIT = 90;
const CERTIFICATE_ROUTES_LIMIT = 49;

/**
 * The landscape's gorouter. `*.localhost` does not resolve everywhere, so each route has a port of its own instead of a
 * name: which route a request is for, and whether a client certificate counts, depends on the listener alone, never on a
 * header.
 */
export class Router {
  readonly #options: RouterOptions;
  readonly #routes = new Map<string, Route>();
  readonly #certificates: ClientCertificates;
  #fault: Fault | undefined;
  #suspended = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#certificates = new ClientCertificates({ rootPem: options.rootPem, now: options.settings.now });
  }

  /** Lets certificate routes pass this self-signed client certificate on as well. */
  trustClient(certificate: X509Certificate): void {
    this.#certificates.trust(certificate);
  }

  get listeners(): readonly Listener[] {
    return [...this.#routes.values()].map(({ listener }) => listener);
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  /** Closes the ports of all routes, which stay; those that are added meanwhile open with `resume`. */
  async suspend(): Promise<void> {
    this.#suspended = true;
    await Promise.all(this.listeners.map((listener) => listener.stop()));
  }

  /** @throws {PortInUseError} */
  async resume(): Promise<void> {
    this.#suspended = false;
    await Promise.all([...this.#routes.values()].map((route) => this.#open(route)));
  }

  /** For all routes, also for those that come later. */
  setFault(fault: Fault | undefined): void {
    this.#fault = fault;
    for (const listener of this.listeners) listener.setFault(fault);
  }

  /**
   * Opens the route's port, the first free one of its kind; a route that exists stays.
   * @throws {PortInUseError} @throws when all ports of its kind are taken.
   */
  async add(name: RouteName): Promise<RouteAddress> {
    const existing = this.#routes.get(name.name);
    if (existing !== undefined) return addressOf(existing);
    const route = this.#create(name, this.#findPort(name));
    // Before anything is awaited: two routes that are added at once must not get the same port.
    this.#routes.set(name.name, route);
    try {
      if (!this.#suspended) await this.#open(route);
    } catch (error) {
      this.#routes.delete(name.name);
      throw error;
    }
    return addressOf(route);
  }

  async remove(name: string): Promise<void> {
    const route = this.#routes.get(name);
    this.#routes.delete(name);
    await route?.listener.stop();
  }

  address(name: string): RouteAddress | undefined {
    const route = this.#routes.get(name);
    return route && addressOf(route);
  }

  setTargets(name: string, { mapped, endpoints }: RouteTargets): void {
    const route = this.#routes.get(name);
    if (route === undefined) return;
    route.mapped = mapped;
    route.pool.replace(endpoints);
  }

  async stop(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.stop()));
    this.#routes.clear();
  }

  #open({ listener, name }: Route): Promise<void> {
    return startListener(listener, `the route ${name.name}`);
  }

  #create(name: RouteName, port: number): Route {
    const { journal, server, rootPem } = this.#options;
    const pool = new EndpointPool();
    const tls = { key: server.key, cert: server.certificate, ca: rootPem, requestCert: true };
    const handler: RequestListener = (req, res) => this.#handle(route, req, res);
    const listener = new Listener({
      service: 'router',
      host: HOST,
      port,
      journal,
      handler,
      ...(name.certificate && { tls }),
    });
    listener.setFault(this.#fault);
    const route: Route = { name, port, pool, listener, mapped: false };
    return route;
  }

  #handle(route: Route, req: IncomingMessage, res: ServerResponse): void {
    const { host, domain, path, certificate } = route.name;
    const cloudHost = `${host}.${domain}`;
    if (!route.mapped || (path !== '' && !isBelow(req.url, path)))
      return answerRouterError(res, { code: 'unknown_route', host: cloudHost });
    if (req.headers.upgrade?.toLowerCase() === 'websocket')
      return answerRouterError(res, { code: 'websocket_not_supported', host: cloudHost });
    forward(req, res, {
      host: cloudHost,
      pool: route.pool,
      certificates: certificate ? this.#certificates : undefined,
    });
  }

  #findPort({ name, certificate }: RouteName): number {
    const { settings } = this.#options;
    const taken = new Set([...this.#routes.values()].map(({ port }) => port));
    const candidates = certificate
      ? [
          portOf(settings, 'certificateRoute'),
          ...range(CERTIFICATE_ROUTES_LIMIT - 1).map((index) => portOf(settings, 'furtherCertificateRoutes', index)),
        ]
      : range(ROUTES_LIMIT).map((index) => portOf(settings, 'route', index));
    const port = candidates.find((candidate) => !taken.has(candidate) && !isBlockedByBrowsers(candidate));
    if (port === undefined)
      throw new Error(`No port is left for the route ${name}: delete routes that are not needed.`);
    return port;
  }
}

function addressOf({ name, port }: Route): RouteAddress {
  return { port, url: `${name.certificate ? 'https' : 'http'}://localhost:${port}${name.path}` };
}

function isBelow(url: string | undefined, path: string): boolean {
  return url !== undefined && url.startsWith(path) && /^(?:[/?]|$)/.test(url.slice(path.length));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
