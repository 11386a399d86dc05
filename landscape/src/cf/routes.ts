import { randomInt, randomUUID } from 'node:crypto';
import { parseRouteName, type RouteName } from '../router/route-name';
import type { Router } from '../router/router';
import type { AppSpec, LocalAddress, RouteDetail } from './app-types';
import { CloudFoundryError } from './cloud-foundry-error';
import type { AppRecord, RouteRecord, SpaceState } from './state';

export interface RoutesOptions {
  readonly state: SpaceState;
  readonly router: Router;
  readonly defaultDomain: string;
}

const adjectives = ['brave', 'calm', 'eager', 'grateful', 'humble', 'lively', 'patient', 'quick', 'silly', 'wise'];
const nouns = ['badger', 'crane', 'dolphin', 'fox', 'heron', 'koala', 'lynx', 'otter', 'panda', 'raven'];

/** The routes of the space: which app is behind which, and where the router has them on this machine. */
export class Routes {
  readonly #options: RoutesOptions;

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /** Maps what the manifest lists, or a default or random route while the app has none. */
  async mapFromManifest(app: AppRecord, spec: AppSpec): Promise<void> {
    if (spec.routes !== undefined) {
      for (const route of spec.routes) await this.#map(app, parseRoute(route));
      return;
    }
    if (spec.routeMode === 'none') return this.#unmapAll(app);
    if (spec.routeMode === undefined || this.#options.state.routesOf(app).length > 0) return;
    const suffix = spec.routeMode === 'random' ? `-${pick(adjectives)}-${pick(nouns)}-${randomLetters()}` : '';
    await this.#map(app, this.#defaultRoute(app, suffix));
  }

  /** Tells the router which instances of which apps are healthy behind the routes of this app. */
  publish(app: AppRecord): void {
    for (const route of this.#options.state.routes.values()) if (route.apps.has(app)) this.#publishRoute(route);
  }

  /**
   * Takes the app off its routes, and with `deleteRoutes` deletes them.
   * @throws {CloudFoundryError} when a route to be deleted belongs to another app too; nothing has changed then.
   */
  async release(app: AppRecord, options: { readonly deleteRoutes: boolean }): Promise<void> {
    const { state, router } = this.#options;
    const own = [...state.routes.values()].filter((route) => route.apps.has(app));
    const shared = own.find((route) => route.apps.size > 1);
    if (options.deleteRoutes && shared !== undefined)
      throw new CloudFoundryError(
        'route-shared',
        `App '${app.name}' was not deleted because route '${shared.name}' is mapped to more than one app.`,
      );
    this.#unmapAll(app);
    if (!options.deleteRoutes) return;
    for (const route of own) {
      state.routes.delete(route.name);
      await router.remove(route.name);
    }
  }

  list(): RouteDetail[] {
    return [...this.#options.state.routes.values()].map((route) => ({
      guid: route.guid,
      host: route.host,
      domain: route.domain,
      path: route.path,
      apps: [...route.apps].map(({ name }) => name),
      certificate: route.certificate,
      localUrl: this.#options.router.address(route.name)?.url ?? '',
    }));
  }

  /** The variables whose value holds an https URL of a mapped route, with the local address in its place. */
  localise(env: Readonly<Record<string, string>>): LocalAddress[] {
    return Object.entries(env).flatMap(([variable, from]) => {
      const to = from.replace(/https:\/\/([a-z0-9_.*-]+)(?::443)?(?![\w.:-])/gi, (url, host: string) => {
        const route = [...this.#options.state.routes.values()].find(
          ({ host: label, domain, apps }) => apps.size > 0 && `${label}.${domain}` === host.toLowerCase(),
        );
        const address = route && this.#options.router.address(route.name);
        return address === undefined ? url : new URL(address.url).origin;
      });
      return to === from ? [] : [{ variable, from, to }];
    });
  }

  async #map(app: AppRecord, name: RouteName): Promise<void> {
    const { state } = this.#options;
    let route = state.routes.get(name.name);
    if (route === undefined) {
      await this.#open(name);
      route = { ...name, guid: randomUUID(), apps: new Set() };
      state.routes.set(name.name, route);
    }
    route.apps.add(app);
    this.#publishRoute(route);
  }

  async #open(name: RouteName): Promise<void> {
    try {
      await this.#options.router.add(name);
    } catch (error) {
      throw new CloudFoundryError('unprocessable', messageOf(error), { cause: error });
    }
  }

  #unmapAll(app: AppRecord): void {
    for (const route of this.#options.state.routes.values()) {
      if (route.apps.delete(app)) this.#publishRoute(route);
    }
  }

  #publishRoute(route: RouteRecord): void {
    const endpoints = [...route.apps].flatMap((app) =>
      app.instances.endpoints.map((endpoint) => ({
        ...endpoint,
        applicationId: app.guid,
        onAccess: (line: string) => app.log.add({ source: 'RTR', message: line }),
      })),
    );
    this.#options.router.setTargets(route.name, { mapped: route.apps.size > 0, endpoints });
  }

  #defaultRoute(app: AppRecord, suffix: string): RouteName {
    const route = parseRouteName(`${app.name}${suffix}.${this.#options.defaultDomain}`);
    if (route !== undefined && !app.name.includes('.')) return route;
    throw new CloudFoundryError(
      'unprocessable',
      'Failed to create default route from app name: Host must be either "*" or contain only alphanumeric characters, "_", or "-"',
    );
  }
}

function parseRoute(text: string): RouteName {
  const route = parseRouteName(text);
  if (route !== undefined) return route;
  throw new CloudFoundryError('unprocessable', `The route '${text}' is not a properly formed URL`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}

function randomLetters(): string {
  return randomInt(36 ** 2)
    .toString(36)
    .padStart(2, 'a');
}
