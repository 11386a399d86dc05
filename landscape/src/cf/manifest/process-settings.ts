import type { Json, JsonObject } from '../../broker';
import type { AppSpec, HealthCheck } from '../controller';
import type { ApplicationProblems } from './problem';
import { parseQuantity, toMegabytes } from './quantity';
import type { Path } from './yaml-source';

export type ProcessSettings = Pick<
  AppSpec,
  'command' | 'memoryMb' | 'diskMb' | 'instances' | 'logRateLimit' | 'healthCheck' | 'timeoutSeconds'
>;

interface ProcessSource {
  readonly attributes: JsonObject;
  readonly at: Path;
  readonly type: string;
  readonly problems: ApplicationProblems;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads what concerns a process, at the top level of an application or in an entry of `processes`. */
export function readProcessSettings(source: ProcessSource): ProcessSettings {
  const settings: Mutable<ProcessSettings> = {};
  const memoryMb = readMegabytes(source, ['memory'], 'Memory');
  const diskMb = readMegabytes(source, ['disk-quota', 'disk_quota'], 'Disk quota');
  const logRateLimit = readLogRateLimit(source);
  const instances = readInteger(source, 'instances', 'Instances', 0);
  const timeoutSeconds = readInteger(source, 'timeout', 'Timeout', 1);
  const command = readCommand(source);
  const healthCheck = readHealthCheck(source);
  checkReadiness(source);
  if (memoryMb !== undefined) settings.memoryMb = memoryMb;
  if (diskMb !== undefined) settings.diskMb = diskMb;
  if (logRateLimit !== undefined) settings.logRateLimit = logRateLimit;
  if (instances !== undefined) settings.instances = instances;
  if (timeoutSeconds !== undefined) settings.timeoutSeconds = timeoutSeconds;
  if (command !== undefined) settings.command = command;
  if (healthCheck !== undefined) settings.healthCheck = healthCheck;
  return settings;
}

function refuse({ at, type, problems }: ProcessSource, key: string, message: string): undefined {
  problems.addToProcess([...at, key], type, message);
}

function readMegabytes(source: ProcessSource, keys: readonly string[], label: string): number | undefined {
  const key = keys.find((name) => source.attributes[name] !== undefined);
  if (key === undefined) return undefined;
  const bytes = readBytes(source, key, label);
  if (bytes === undefined) return undefined;
  const megabytes = toMegabytes(bytes);
  return megabytes > 0 ? megabytes : refuse(source, key, `${label} must be greater than 0MB`);
}

/** -1 lifts the limit and 0 stops all logs; neither has a unit. */
function readLogRateLimit(source: ProcessSource): number | undefined {
  const key = 'log-rate-limit-per-second';
  const value = source.attributes[key];
  if (value === undefined) return undefined;
  return value === '-1' || value === '0' ? Number(value) : readBytes(source, key, 'Log rate limit per second');
}

function readBytes(source: ProcessSource, key: string, label: string): number | undefined {
  const value = source.attributes[key];
  const quantity = parseQuantity(typeof value === 'string' ? value : JSON.stringify(value));
  if (quantity.kind === 'bytes') return quantity.bytes;
  if (quantity.kind === 'not-a-number') return refuse(source, key, `${label} is not a number`);
  return refuse(source, key, `${label} must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB`);
}

function readInteger(source: ProcessSource, key: string, label: string, minimum: number): number | undefined {
  const value = source.attributes[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') return refuse(source, key, `${label} is not a number`);
  if (!Number.isInteger(value)) return refuse(source, key, `${label} must be an integer`);
  return value >= minimum ? value : refuse(source, key, `${label} must be greater than or equal to ${minimum}`);
}

/** `null` and `default` mean the start command of the buildpack. */
function readCommand(source: ProcessSource): string | null | undefined {
  const { command } = source.attributes;
  if (command === undefined) return undefined;
  if (command === null || command === 'null' || command === 'default') return null;
  if (typeof command !== 'string') return refuse(source, 'command', 'Command must be a string');
  if (command === '' || command.length > 4096)
    return refuse(source, 'command', 'Command must be between 1 and 4096 characters');
  return command;
}

function readHealthCheck(source: ProcessSource): ProcessSettings['healthCheck'] {
  const { attributes } = source;
  const type = readHealthCheckType(source, 'health-check-type', 'Health check type');
  const httpEndpoint = readEndpoint(source, 'health-check-http-endpoint', 'Health check http endpoint');
  const timeout = 'health-check-invocation-timeout';
  const invocationTimeoutSeconds = readInteger(source, timeout, 'Health check invocation timeout', 1);
  const intervalSeconds = readInteger(source, 'health-check-interval', 'Health check interval', 1);
  if (httpEndpoint !== undefined && type !== undefined && type !== 'http')
    refuse(source, 'health-check-type', 'Health check type must be "http" to set a health check HTTP endpoint');
  const named = ['health-check-type', 'health-check-http-endpoint', timeout, 'health-check-interval'];
  if (!named.some((key) => key in attributes)) return undefined;
  return {
    ...(type && { type }),
    ...(httpEndpoint !== undefined && { httpEndpoint }),
    ...(invocationTimeoutSeconds !== undefined && { invocationTimeoutSeconds }),
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  };
}

/** The landscape has no readiness checks, but what Cloud Foundry refuses is refused here too. */
function checkReadiness(source: ProcessSource): void {
  const label = 'Readiness health check';
  readHealthCheckType(source, 'readiness-health-check-type', `${label} type`);
  readEndpoint(source, 'readiness-health-check-http-endpoint', `${label} http endpoint`);
  readInteger(source, 'readiness-health-check-invocation-timeout', `${label} invocation timeout`, 1);
  readInteger(source, 'readiness-health-check-interval', `${label} interval`, 1);
}

/** `none` is the old name of `process`. */
function readHealthCheckType(source: ProcessSource, key: string, label: string): HealthCheck['type'] | undefined {
  const value = source.attributes[key];
  if (value === undefined) return undefined;
  if (value === 'port' || value === 'process' || value === 'http') return value;
  return value === 'none' ? 'process' : refuse(source, key, `${label} must be "port", "process", or "http"`);
}

function readEndpoint(source: ProcessSource, key: string, label: string): string | undefined {
  const value: Json | undefined = source.attributes[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\/\S*$/.test(value)) return value;
  return refuse(source, key, `${label} must be a valid URI path`);
}
