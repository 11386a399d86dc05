import { randomUUID } from 'node:crypto';
import type { AppInstances } from './app-instances';
import type { AppLog } from './app-log';
import type { AppSpec, HealthCheck } from './app-types';
import { CloudFoundryError } from './cloud-foundry-error';
import type { AppRecord } from './state';

/** cloud_controller_ng's defaults. */
const DEFAULT_MEMORY_MB = 1024;
const DEFAULT_DISK_MB = 1024;
const DEFAULT_LOG_RATE_LIMIT = 16 * 1024;
const DEFAULT_STACK = 'cflinuxfs4';
/** Seconds. */
const DEFAULT_TIMEOUT = 60;

const reservedVariables = /^(?:VCAP_|VMC_)/;

/** An app as Cloud Foundry makes it before anything is said about it: stopped, without a package. */
export function createApp(name: string, log: AppLog, instances: AppInstances): AppRecord {
  return {
    guid: randomUUID(),
    name,
    log,
    instances,
    requestedState: 'stopped',
    version: randomUUID(),
    command: undefined,
    memoryMb: DEFAULT_MEMORY_MB,
    diskMb: DEFAULT_DISK_MB,
    logRateLimit: DEFAULT_LOG_RATE_LIMIT,
    wantedInstances: 1,
    env: {},
    features: {},
    healthCheck: { type: 'port' },
    timeoutSeconds: DEFAULT_TIMEOUT,
    buildpacks: [],
    stack: DEFAULT_STACK,
    package: undefined,
    droplet: undefined,
    oldDroplets: [],
  };
}

/**
 * Takes over what the manifest says; what it does not say stays. Services and routes are not settings.
 * @throws {CloudFoundryError} for a buildpack that is not there; nothing has changed then.
 */
export function applySettings(app: AppRecord, spec: AppSpec): void {
  for (const buildpack of spec.buildpacks ?? []) requireBuildpack(buildpack);
  if (spec.command !== undefined) app.command = spec.command ?? undefined;
  app.memoryMb = spec.memoryMb ?? app.memoryMb;
  app.diskMb = spec.diskMb ?? app.diskMb;
  app.logRateLimit = spec.logRateLimit ?? app.logRateLimit;
  app.wantedInstances = spec.instances ?? app.wantedInstances;
  app.env = { ...app.env, ...spec.env };
  app.features = { ...app.features, ...spec.features };
  app.healthCheck = mergeHealthCheck(app.healthCheck, spec.healthCheck);
  app.timeoutSeconds = spec.timeoutSeconds ?? app.timeoutSeconds;
  app.buildpacks = spec.buildpacks ?? app.buildpacks;
  app.stack = spec.stack ?? app.stack;
}

function mergeHealthCheck(present: HealthCheck, change: AppSpec['healthCheck'] = {}): HealthCheck {
  const { type = present.type } = change;
  return { ...(type === present.type && present), ...change, type };
}

/** @throws {CloudFoundryError} `Var cannot set PORT`, `Var cannot start with VCAP_`. */
export function requireSettable(variable: string): void {
  if (variable === 'PORT') throw new CloudFoundryError('unprocessable', 'Var cannot set PORT');
  const [prefix] = reservedVariables.exec(variable) ?? [];
  if (prefix !== undefined) throw new CloudFoundryError('unprocessable', `Var cannot start with ${prefix}`);
}

function requireBuildpack(name: string): void {
  if (/^nodejs(?:_buildpack)?$/.test(name) || /^https:\/\/\S+\/nodejs-buildpack(?:\.git)?(?:#\S+)?$/.test(name)) return;
  throw new CloudFoundryError(
    'unprocessable',
    `Buildpack: "${name}" must be an existing admin buildpack or a valid git URI (the landscape has nodejs_buildpack only)`,
  );
}
