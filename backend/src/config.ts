import {
  ConfigProblems,
  findBindings,
  readIntegerSetting,
  readProcessSettings,
  readServiceBindings,
  type ProcessSettings,
  type ServiceBinding,
} from '@mtls/platform';
import { parseXsuaaBinding, type XsuaaBinding } from './xsuaa-binding';

/** A bound service whose tokens this app accepts. */
export type IssuerBinding = XsuaaBinding;

export interface BackendConfig extends ProcessSettings {
  /** One or several: which of them checks a token is decided by the token's audience. */
  readonly issuers: readonly [IssuerBinding, ...IssuerBinding[]];
  /** Most verified tokens that are remembered; enough for the tokens that are in use at one time. */
  readonly tokenCacheSize: number;
  /** Deadline of a request to an issuer. */
  readonly upstreamTimeoutMs: number;
  /** Local name of the scope that /endpoint demands, e.g. `Display`; none by default. */
  readonly requiredScope: string | undefined;
}

const MAX_UPSTREAM_TIMEOUT_MS = 10_000;

/**
 * Reads the whole configuration from the environment and the service bindings.
 * @throws {ConfigError} that lists every problem with what to do.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): BackendConfig {
  const problems = new ConfigProblems();
  const settings = readProcessSettings(env, 'backend', problems);
  const integer = (name: string, fallback: number, min: number, max: number): number =>
    readIntegerSetting(env, { name, fallback, min, max }, problems);
  const tokenCacheSize = integer('TOKEN_CACHE_SIZE', 1000, 1, 100_000);
  const upstreamTimeoutMs = integer('UPSTREAM_TIMEOUT_MS', 2000, 100, MAX_UPSTREAM_TIMEOUT_MS);
  const requiredScope = readRequiredScope(env, problems);
  refuseTokenDump(env, problems);
  const bindings = problems.collect(readServiceBindings);
  const issuer = bindings && readXsuaa(bindings, settings.appName, problems);
  problems.throwIfAny();
  // Without an issuer there is a problem, and it was thrown.
  return { ...settings, issuers: [issuer as IssuerBinding], tokenCacheSize, upstreamTimeoutMs, requiredScope };
}

function readXsuaa(
  bindings: readonly ServiceBinding[],
  appName: string,
  problems: ConfigProblems,
): IssuerBinding | undefined {
  const found = findBindings(bindings, { tag: 'xsuaa' });
  const [binding] = found;
  if (binding === undefined) {
    problems.add(
      'No service with the tag "xsuaa" is bound, so no token can be checked: ' +
        'cf create-service xsuaa application mtlsXsuaa -c xs-security.json, ' +
        `then cf bind-service ${appName} mtlsXsuaa and cf restart ${appName}.`,
    );
    return undefined;
  }
  if (found.length > 1) {
    const names = found.map(({ name }) => name).join(', ');
    problems.add(
      `${found.length} services with the tag "xsuaa" are bound (${names}), and one is meant: ` +
        `cf unbind-service ${appName} <the other>, then cf restart ${appName}.`,
    );
    return undefined;
  }
  return parseXsuaaBinding(binding, problems);
}

/** RFC 6749 §3.3 */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function readRequiredScope(env: NodeJS.ProcessEnv, problems: ConfigProblems): string | undefined {
  const scope = env['REQUIRED_SCOPE'] || undefined;
  if (scope !== undefined && !SCOPE.test(scope)) {
    problems.add('REQUIRED_SCOPE is no scope: give the name of one scope without $XSAPPNAME, or unset it.');
  }
  return scope;
}

/** With DEBUG=xssec, @sap/xssec prints each token in full. */
function refuseTokenDump(env: NodeJS.ProcessEnv, problems: ConfigProblems): void {
  const patterns = (env['DEBUG'] ?? '').split(/[\s,]+/);
  const printsTokens = patterns.some((pattern) => pattern !== '' && 'xssec'.startsWith(pattern.split('*')[0] ?? ''));
  if (printsTokens) {
    problems.add(`DEBUG is ${JSON.stringify(env['DEBUG'])}, which prints whole tokens to the log: unset it.`);
  }
}
