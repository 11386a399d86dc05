import type { Json, JsonObject } from '../../broker';
import type { AppSpec, ServiceReference } from '../controller';
import type { Application } from './application';
import { isObject, textOf } from './json-shape';
import type { ApplicationProblems } from './problem';

/** Reads `routes`, `no-route`, `random-route` and `default-route`; routes come back without scheme, in lower case. */
export function readRoutes(
  { attributes, at }: Application,
  problems: ApplicationProblems,
): Pick<AppSpec, 'routes' | 'routeMode'> {
  const { routes, 'no-route': none, 'random-route': random, 'default-route': byDefault } = attributes;
  if (random === true && byDefault === true)
    problems.add([...at, 'random-route'], 'Random-route and default-route may not be used together');
  if (none === true) return { routeMode: 'none' };
  if (routes !== undefined) return { routes: readRouteList(routes, [...at, 'routes'], problems) };
  if (random === true) return { routeMode: 'random' };
  return byDefault === true ? { routeMode: 'default' } : {};
}

const ROUTE = /^(?:https?:\/\/)?((?:\*|[a-z0-9_-]+)(?:\.[a-z0-9-]+)+(?:\/[^\s?#]*)?)$/i;

function readRouteList(routes: Json, at: Application['at'], problems: ApplicationProblems): string[] {
  if (!Array.isArray(routes) || !routes.every((entry) => isObject(entry) && typeof entry['route'] === 'string')) {
    problems.add(at, 'Routes must be a list of route objects');
    return [];
  }
  return routes.filter(isObject).flatMap((entry, index) => {
    const { route, protocol } = entry;
    const text = textOf(route ?? null);
    if (protocol !== undefined && protocol !== 'http1' && protocol !== 'http2' && protocol !== 'tcp')
      problems.add([...at, index, 'protocol'], "Route protocol must be 'http1', 'http2' or 'tcp'.");
    const address = ROUTE.exec(text)?.[1];
    // Host and domain are lower case in Cloud Foundry, a path keeps its letters.
    if (address !== undefined) return [address.replace(/^[^/]+/, (host) => host.toLowerCase())];
    problems.add([...at, index, 'route'], `The route '${text}' is not a properly formed URL`);
    return [];
  });
}

/** Reads `services`: names, or objects with `name`, `parameters` and `binding_name`. */
export function readServices({ attributes, at }: Application, problems: ApplicationProblems): ServiceReference[] {
  const list = attributes['services'];
  if (list === undefined) return [];
  if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string' || isNamed(entry))) {
    problems.add([...at, 'services'], 'Services must be a list of service instances');
    return [];
  }
  return list.map((entry, index) => {
    if (!isObject(entry)) return { name: entry };
    const { parameters, binding_name: bindingName } = entry;
    const name = textOf(entry['name'] ?? null);
    const place = [...at, 'services', index];
    if (parameters !== undefined && !isObject(parameters))
      problems.add([...place, 'parameters'], `For service '${name}': Parameters must be an object`);
    if (bindingName !== undefined && typeof bindingName !== 'string')
      problems.add([...place, 'binding_name'], `For service '${name}': Binding name must be a string`);
    return {
      name,
      ...(isObject(parameters) && { parameters }),
      ...(typeof bindingName === 'string' && { bindingName }),
    };
  });
}

function isNamed(entry: Json): entry is JsonObject {
  return isObject(entry) && typeof entry['name'] === 'string' && entry['name'] !== '';
}

/** Reads `env`; numbers and booleans become texts. */
export function readEnv({ attributes, at }: Application, problems: ApplicationProblems): Record<string, string> {
  const { env } = attributes;
  if (env === undefined) return {};
  if (!isObject(env)) {
    problems.add([...at, 'env'], 'Env must be an object of keys and values');
    return {};
  }
  for (const name of Object.keys(env)) {
    const reason = refuseVariable(name);
    if (reason !== undefined) problems.add([...at, 'env', name], `Env ${reason}`);
  }
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, textOf(value)]));
}

/** Why Cloud Foundry does not let a user set this variable, e.g. `cannot set PORT`. */
export function refuseVariable(name: string): string | undefined {
  if (/^VCAP_/i.test(name)) return 'cannot start with VCAP_';
  if (/^VMC_/i.test(name)) return 'cannot start with VMC_';
  return name === 'PORT' ? 'cannot set PORT' : undefined;
}

/** Reads `buildpacks` or the old `buildpack`; an empty list means that the buildpack is detected. */
export function readBuildpacks({ attributes, at }: Application, problems: ApplicationProblems): string[] | undefined {
  const { buildpack, buildpacks } = attributes;
  if (buildpack !== undefined && buildpacks !== undefined)
    problems.add([...at, 'buildpack'], 'Buildpack and Buildpacks fields cannot be used together.');
  if (buildpacks === undefined && buildpack === undefined) return undefined;
  const key = buildpacks === undefined ? 'buildpack' : 'buildpacks';
  const list = buildpacks === undefined ? withoutAutomatic(buildpack ?? null) : buildpacks;
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) {
    problems.add([...at, key], 'Buildpacks can only contain strings');
    return undefined;
  }
  return list.filter((name, index) => {
    if (isNodeBuildpack(name)) return true;
    problems.add([...at, key, index], `Buildpack: "${name}" must be an existing admin buildpack or a valid git URI`);
    return false;
  });
}

function withoutAutomatic(buildpack: Json): Json[] {
  return buildpack === null || buildpack === 'default' || buildpack === 'null' ? [] : [buildpack];
}

/** The landscape has one buildpack; by its name or by the address of its sources it is the same one. */
function isNodeBuildpack(name: string): boolean {
  return name === 'nodejs_buildpack' || /^(?:https?|git):\/\/\S*\/nodejs-buildpack\b/.test(name);
}

/** Reads `stack`. */
export function readStack({ attributes, at }: Application, problems: ApplicationProblems): string | undefined {
  const { stack } = attributes;
  if (stack === undefined || stack === 'cflinuxfs4') return stack;
  problems.add([...at, 'stack'], 'Stack must be an existing stack');
  return undefined;
}

/** Reads `features`, e.g. `file-based-vcap-services: true`. */
export function readFeatures(
  { attributes, at }: Application,
  problems: ApplicationProblems,
): Record<string, boolean> | undefined {
  const { features } = attributes;
  if (features === undefined) return undefined;
  if (isObject(features) && Object.values(features).every((value) => typeof value === 'boolean'))
    return Object.fromEntries(Object.entries(features).map(([name, value]) => [name, value === true]));
  problems.add([...at, 'features'], 'Features must be a map of valid feature names to booleans (true = enabled)');
  return undefined;
}
