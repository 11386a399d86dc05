import {
  ConfigProblems,
  findBindings,
  readIntegerSetting,
  readProcessSettings,
  readServiceBindings,
  type ProcessSettings,
  type ServiceBinding,
} from '@mtls/platform';
import * as v from 'valibot';
import { readCredential, readHttpsUrl, type Credential } from './tokens/credential';

/** Everything that the environment decides, checked. */
export interface Config {
  readonly process: ProcessSettings;
  /** Region of the platform, e.g. `eu10`; the host of its API where that names no region; `local` without one. */
  readonly region: string;
  /** DESTINATION_NAME, default `destination_to_mtlsapp`. */
  readonly destinationName: string;
  /** Undefined when no Destination Service is bound: the app starts and says so. */
  readonly destination: DestinationBinding | undefined;
  readonly timeouts: Timeouts;
  readonly cacheAges: CacheAges;
  /** MAX_SOCKETS, default 32: connections that are kept and opened to one host. */
  readonly maxSockets: number;
}

export interface DestinationBinding {
  readonly bindingName: string;
  readonly credential: Credential;
  /** `uri`: the address of the service's REST API. */
  readonly serviceUrl: URL;
}

/** For one call from its start to the last byte of its answer. */
export interface Timeouts {
  /** TOKEN_TIMEOUT_MS, default 3000. */
  readonly tokenMs: number;
  /** DESTINATION_TIMEOUT_MS, default 12000: the service itself waits up to 10 s for a token service. */
  readonly destinationMs: number;
  /** BACKEND_TIMEOUT_MS, default 5000. */
  readonly backendMs: number;
}

/** From this age on, something cached is refreshed in the background, however long it may be used. */
export interface CacheAges {
  /** TOKEN_CACHE_SECONDS, default 86400, the longest life of an XSUAA token: in effect its own life counts. */
  readonly tokenMs: number;
  /** DESTINATION_CACHE_SECONDS, default and maximum 300. */
  readonly destinationMs: number;
}

const DEFAULT_DESTINATION = 'destination_to_mtlsapp';
const LONGEST_DESTINATION_NAME = 200;

/**
 * Reads the configuration from the environment.
 * @throws {ConfigError} with every problem that was found.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems = new ConfigProblems();
  const config: Config = {
    process: readProcessSettings(env, 'frontendmtls', problems),
    region: readRegion(env['VCAP_APPLICATION']),
    destinationName: readDestinationName(env['DESTINATION_NAME'], problems),
    destination: readDestinationBinding(problems),
    timeouts: readTimeouts(env, problems),
    cacheAges: readCacheAges(env, problems),
    maxSockets: readIntegerSetting(env, { name: 'MAX_SOCKETS', fallback: 32, min: 1, max: 1024 }, problems),
  };
  problems.throwIfAny();
  return config;
}

function readTimeouts(env: NodeJS.ProcessEnv, problems: ConfigProblems): Timeouts {
  const read = (name: string, fallback: number) =>
    readIntegerSetting(env, { name, fallback, min: 100, max: 120_000 }, problems);
  return {
    tokenMs: read('TOKEN_TIMEOUT_MS', 3000),
    destinationMs: read('DESTINATION_TIMEOUT_MS', 12_000),
    backendMs: read('BACKEND_TIMEOUT_MS', 5000),
  };
}

function readCacheAges(env: NodeJS.ProcessEnv, problems: ConfigProblems): CacheAges {
  const read = (name: string, longest: number) =>
    1000 * readIntegerSetting(env, { name, fallback: longest, min: 1, max: longest }, problems);
  return {
    tokenMs: read('TOKEN_CACHE_SECONDS', 86_400),
    destinationMs: read('DESTINATION_CACHE_SECONDS', 300),
  };
}

function readDestinationName(value: string | undefined, problems: ConfigProblems): string {
  if (value === undefined || value === '') return DEFAULT_DESTINATION;
  if (value.trim() !== value || value.length > LONGEST_DESTINATION_NAME)
    problems.add(
      `DESTINATION_NAME is ${JSON.stringify(value)}: give the name of a destination, without blanks around it and of ` +
        `at most ${LONGEST_DESTINATION_NAME} characters.`,
    );
  return value;
}

/** Two instances are one too many: nothing tells which of them holds the destination. */
function readDestinationBinding(problems: ConfigProblems): DestinationBinding | undefined {
  const bindings = findBindings(problems.collect(readServiceBindings) ?? [], { tag: 'destination' });
  const [binding] = bindings;
  if (binding === undefined) return undefined;
  if (bindings.length > 1) {
    const names = bindings.map(({ name }) => `"${name}"`).join(', ');
    problems.add(`${bindings.length} services with the tag "destination" are bound (${names}): unbind all but one.`);
    return undefined;
  }
  return readDestinationCredentials(binding, problems);
}

function readDestinationCredentials(
  { name, credentials }: ServiceBinding,
  problems: ConfigProblems,
): DestinationBinding | undefined {
  const found: string[] = [];
  const credential = readCredential(credentials, found);
  const serviceUrl = readServiceUrl(credentials['uri'], found);
  for (const problem of found) problems.add(`The service "${name}" is bound, but ${problem}.`);
  if (credential === undefined || serviceUrl === undefined) return undefined;
  return { bindingName: name, credential, serviceUrl };
}

function readServiceUrl(uri: unknown, problems: string[]): URL | undefined {
  if (typeof uri === 'string' && uri !== '') return readHttpsUrl(uri, 'uri', problems);
  problems.push('"uri" is missing');
  return undefined;
}

const applicationSchema = v.object({ cf_api: v.string() });

/** What is wrong with VCAP_APPLICATION is reported where the app's name is read. */
function readRegion(vcapApplication: string | undefined): string {
  try {
    const { cf_api } = v.parse(applicationSchema, JSON.parse(vcapApplication ?? ''));
    const { host } = new URL(cf_api);
    return /^api\.cf\.([a-z0-9-]+)\.hana\.ondemand\.com$/.exec(host)?.[1] ?? host;
  } catch {
    return 'local';
  }
}
