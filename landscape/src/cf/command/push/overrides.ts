import type { Json, JsonObject } from '../../../broker';
import type { Application } from '../../manifest/application';
import { ManifestError, type LoadedManifest } from '../../manifest';
import { isObject } from '../../manifest/json-shape';
import { CfFailure } from '../failure';
import type { PushFlags } from './push-flags';

/**
 * Chooses the applications to push: one by its name, or all; the only one of a manifest takes the name that was typed.
 * @throws {CfFailure} @throws {ManifestError}
 */
export function chooseApplications(
  { applications, source }: Pick<LoadedManifest, 'applications' | 'source'>,
  name: string | undefined,
): Application[] {
  if (name === undefined) {
    const nameless = applications.filter(({ attributes }) => (attributes['name'] ?? '') === '');
    if (nameless.length === 0) return [...applications];
    const locations = nameless.map(({ at }) => source.locate(at));
    throw new ManifestError('Found an application with no name specified.', locations);
  }
  const [only] = applications;
  if (only !== undefined && applications.length === 1) return [withAttributes(only, { name })];
  const named = applications.filter(({ attributes }) => attributes['name'] === name);
  if (named.length === 0) throw new CfFailure(`Could not find app named '${name}' in manifest`);
  return named;
}

/**
 * Lets the flags win over the manifest; settings of the process go where the manifest has them.
 * @throws {CfFailure} for flags that mean one app, when there are several.
 */
export function overrideApplications(applications: readonly Application[], flags: PushFlags): Application[] {
  const ofProcess = processOverrides(flags);
  const ofApplication = applicationOverrides(flags);
  const isOverridden = Object.keys({ ...ofProcess, ...ofApplication }).length > 0 || flags.path !== undefined;
  if (applications.length > 1 && (isOverridden || flags.strategy !== undefined))
    throw new CfFailure(
      'Incorrect Usage: Command line flags (except -f and --no-start) cannot be applied when pushing multiple apps from a manifest file.',
    );
  return applications.map((application) =>
    withDefaultRoute(withoutRoutes(overrideProcess(withAttributes(application, ofApplication), ofProcess), flags)),
  );
}

function applicationOverrides(flags: PushFlags): JsonObject {
  return compact({
    buildpacks: flags.buildpacks.length > 0 ? readBuildpacks(flags.buildpacks) : undefined,
    stack: flags.stack,
    'no-route': flags.noRoute || undefined,
    'random-route': flags.randomRoute || undefined,
  });
}

function readBuildpacks(names: readonly string[]): string[] {
  return names.some((name) => name === 'default' || name === 'null') ? [] : [...names];
}

function processOverrides(flags: PushFlags): JsonObject {
  return compact({
    command: flags.command === 'null' || flags.command === 'default' ? null : flags.command,
    'disk-quota': flags.disk,
    'health-check-type': flags.healthCheckType,
    'health-check-http-endpoint': flags.endpoint,
    instances: flags.instances,
    'log-rate-limit-per-second': flags.logRate,
    memory: flags.memory,
    timeout: flags.timeout,
  });
}

function compact(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) kept[name] = value;
  return kept;
}

function overrideProcess(application: Application, overrides: JsonObject): Application {
  const { processes } = application.attributes;
  const hasWeb =
    Array.isArray(processes) && processes.some((process) => isObject(process) && process['type'] === 'web');
  if (!hasWeb || !Array.isArray(processes)) return withAttributes(application, overrides);
  const changed = processes.map((process) =>
    isObject(process) && process['type'] === 'web' ? { ...process, ...overrides } : process,
  );
  return withAttributes(application, { processes: changed });
}

function withoutRoutes(application: Application, { noRoute, randomRoute }: PushFlags): Application {
  if (!noRoute && !randomRoute) return application;
  const { routes, 'default-route': _default, ...attributes } = application.attributes;
  // --random-route leaves listed routes alone: they win.
  const kept = noRoute || routes === undefined ? attributes : { ...attributes, routes };
  return { ...application, attributes: kept };
}

function withDefaultRoute(application: Application): Application {
  const { 'no-route': none, 'random-route': random } = application.attributes;
  return none === true || random === true ? application : withAttributes(application, { 'default-route': true });
}

function withAttributes(application: Application, changes: JsonObject): Application {
  return { ...application, attributes: { ...application.attributes, ...changes } };
}
