import {
  bindingsFile,
  ConfigError,
  ConfigProblems,
  readIntegerSetting,
  readProcessSettings,
  readServiceBindings,
  type ProcessSettings,
} from '@mtls/platform';
import * as v from 'valibot';
import { isBaseAddress } from './addresses';
import { errorCode } from './error-code';
import { readFlag } from './flag-setting';
import { readXsuaaBinding, XSUAA_KEY, type XsuaaBinding } from './login/xsuaa-binding';
import { readSessionSettings, type SessionSettings } from './session/session-settings';
import { DESTINATION_KEY, readDestinationBinding, type DestinationBinding } from './destination/destination-binding';
import { IDENTITY_KEY, readIdentityBinding, type IdentityBinding } from './identity/identity-binding';
import { OAUTH_FILES, readOAuthClients, type OAuthClients } from './oauth/oauth-settings';
import { keySettings } from './tokens/provided-key';

/** Everything that the environment decides, checked. */
export interface Config {
  readonly process: ProcessSettings;
  /** Region of the platform, e.g. `eu10`; the host of its API where that names no region; `local` without one. */
  readonly region: string;
  /** DESTINATION_NAME, default `destination_to_mtlsapp`. */
  readonly destinationName: string;
  /** Undefined when no Destination Service is bound: the app starts and says so. */
  readonly destination: DestinationBinding | undefined;
  /** Undefined when no Identity instance is bound. */
  readonly identity: IdentityBinding | undefined;
  /** This app's clients at an authorization server of another vendor; undefined when none is configured. */
  readonly oauth: OAuthClients | undefined;
  /** Undefined when no XSUAA is bound: nobody can log in. */
  readonly xsuaa: XsuaaBinding | undefined;
  /** USER_DESTINATION_NAME, default `destination_for_user`: the destination that is resolved for a user. */
  readonly userDestinationName: string;
  readonly sessions: SessionSettings;
  /** IDENTITY_RESOURCE: what tokens of Identity are asked for, separated by blanks; by default for this application alone. */
  readonly identityResources: readonly string[];
  /** BACKEND_URL: base address of the backend where no destination names it. */
  readonly backendUrl: URL | undefined;
  /** BACKEND_PLAIN_URL: base address of the backend where no client certificate can arrive; only for `demoAttacks`. */
  readonly backendPlainUrl: URL | undefined;
  /** DEMO_ATTACKS, default false: whether the pages use their token again as a thief would. */
  readonly demoAttacks: boolean;
  readonly timeouts: Timeouts;
  readonly cacheAges: CacheAges;
  /** MAX_SOCKETS, default 64: connections that are kept and opened to one host. */
  readonly maxSockets: number;
  /** The files that hold a part of this: service bindings and keys. */
  readonly files: readonly string[];
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
const DEFAULT_USER_DESTINATION = 'destination_for_user';
const LONGEST_DESTINATION_NAME = 200;

/**
 * Adds the variables of the file `.env` in the working directory, if there is one, to the environment, whose own win. Only
 * outside of Cloud Foundry, for work on this machine.
 * @throws {ConfigError} when it is there and cannot be read.
 */
export function loadEnvFile(): void {
  if (process.env['VCAP_APPLICATION'] !== undefined) return;
  try {
    process.loadEnvFile();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw new ConfigError([`The file .env is there, but cannot be read (${errorCode(error)}): mend it or remove it.`]);
  }
}

/**
 * Reads the configuration from the environment.
 * @throws {ConfigError} with every problem that was found.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems = new ConfigProblems();
  const source = { env, problems, bindings: problems.collect(readServiceBindings) ?? [] };
  const config: Config = {
    process: readProcessSettings(env, 'frontendmtls', problems),
    region: readRegion(env['VCAP_APPLICATION']),
    destinationName: readDestinationName(env, ['DESTINATION_NAME', DEFAULT_DESTINATION], problems),
    userDestinationName: readDestinationName(env, ['USER_DESTINATION_NAME', DEFAULT_USER_DESTINATION], problems),
    destination: readDestinationBinding(source),
    identity: readIdentityBinding(source),
    oauth: readOAuthClients(source),
    xsuaa: readXsuaaBinding(source),
    sessions: readSessionSettings(source),
    identityResources: readIdentityResources(env['IDENTITY_RESOURCE'], problems),
    backendUrl: readBackendUrl(env, certificateRoute, problems),
    backendPlainUrl: readBackendUrl(env, plainRoute, problems),
    demoAttacks: readFlag(env, 'DEMO_ATTACKS', problems),
    timeouts: readTimeouts(env, problems),
    cacheAges: readCacheAges(env, problems),
    maxSockets: readIntegerSetting(env, { name: 'MAX_SOCKETS', fallback: 64, min: 1, max: 1024 }, problems),
    files: listFiles(env),
  };
  if (config.sessions.requireLogin && config.xsuaa === undefined)
    problems.add('REQUIRE_LOGIN is true, but no XSUAA is bound that users could log in with: bind one, or unset it.');
  problems.throwIfAny();
  return config;
}

function listFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const keyFiles = [DESTINATION_KEY, IDENTITY_KEY, XSUAA_KEY].map((prefix) => keySettings(prefix).file);
  const named = [...keyFiles, ...OAUTH_FILES].map((name) => env[name] || undefined);
  return [bindingsFile(env), ...named].filter((file) => file !== undefined);
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

function readDestinationName(
  env: NodeJS.ProcessEnv,
  [setting, fallback]: readonly [string, string],
  problems: ConfigProblems,
): string {
  const value = env[setting];
  if (value === undefined || value === '') return fallback;
  if (value.trim() !== value || value.length > LONGEST_DESTINATION_NAME)
    problems.add(
      `${setting} is ${JSON.stringify(value)}: give the name of a destination, without blanks around it and of ` +
        `at most ${LONGEST_DESTINATION_NAME} characters.`,
    );
  return value;
}

/** As Identity names applications of the same tenant. */
const RESOURCE = /^urn:sap:identity:[\x21-\x7e]+$/;

function readIdentityResources(value: string | undefined, problems: ConfigProblems): readonly string[] {
  const resources = (value ?? '').split(' ').filter((resource) => resource !== '');
  for (const resource of resources) {
    if (RESOURCE.test(resource)) continue;
    problems.add(
      `IDENTITY_RESOURCE holds ${JSON.stringify(resource)}: give names such as ` +
        'urn:sap:identity:application:provider:name:<dependency>, separated by blanks.',
    );
  }
  return resources;
}

interface BackendRoute {
  readonly setting: string;
  readonly what: string;
  readonly example: string;
}

const certificateRoute: BackendRoute = {
  setting: 'BACKEND_URL',
  what: 'the base address of the backend',
  example: 'https://backendmtls-yourname.cert.cfapps.eu10.hana.ondemand.com',
};
const plainRoute: BackendRoute = {
  setting: 'BACKEND_PLAIN_URL',
  what: 'the base address of the backend without client certificates',
  example: 'https://backendmtls-yourname.cfapps.eu10.hana.ondemand.com',
};

function readBackendUrl(
  env: NodeJS.ProcessEnv,
  { setting, what, example }: BackendRoute,
  problems: ConfigProblems,
): URL | undefined {
  const value = env[setting];
  if (value === undefined || value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && isBaseAddress(url)) return url;
  // The value may hold a password.
  problems.add(
    `${setting} must be ${what}: an https URL (http on this machine only) without query, fragment and user, e.g. ${example}.`,
  );
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
