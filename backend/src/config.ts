import {
  bindingsFile,
  ConfigProblems,
  readIntegerSetting,
  readProcessSettings,
  readServiceBindings,
  type ProcessSettings,
} from '@mtls/platform';
import type { CertificateBindingPolicy } from './auth/require-certificate-binding';
import { readCertificateBinding } from './certificate-binding-settings';
import { readCertificateRoles, type CertificateRolesConfig } from './certificate-roles-settings';
import { readIssuerBindings, type IssuerBinding } from './issuer-bindings';

export interface BackendConfig extends ProcessSettings {
  /** One or several: which of them checks a token is decided by the token's audience. */
  readonly issuers: readonly [IssuerBinding, ...IssuerBinding[]];
  /** Most verified tokens that are remembered; enough for the tokens that are in use at one time. */
  readonly tokenCacheSize: number;
  /** Deadline of a request to an issuer. */
  readonly upstreamTimeoutMs: number;
  /** Name of the scope that /endpoint demands, e.g. `Display`, with XSUAA without the application's name; none by default. */
  readonly requiredScope: string | undefined;
  /** How strictly tokens are tied to client certificates, and where. */
  readonly certificateBinding: CertificateBindingPolicy;
  /** Which client certificates may call `/inbound` without a token; absent, there is no such path. */
  readonly certificateRoles: CertificateRolesConfig | undefined;
  /** The files that hold a part of this; `issuers` is what changes with them. */
  readonly files: readonly string[];
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
  const tokenCacheSize = integer('TOKEN_CACHE_SIZE', 10_000, 1, 100_000);
  const upstreamTimeoutMs = integer('UPSTREAM_TIMEOUT_MS', 2000, 100, MAX_UPSTREAM_TIMEOUT_MS);
  const requiredScope = readRequiredScope(env, problems);
  const certificateBinding = readCertificateBinding(env, problems);
  refuseTokenDump(env, problems);
  const bindings = problems.collect(readServiceBindings);
  const issuers = bindings === undefined ? [] : readIssuerBindings({ env, bindings, problems }, settings.appName);
  refuseUngrantableScope(requiredScope, issuers, problems);
  const file = bindingsFile(env);
  const { routes } = certificateBinding;
  const certificateRoles = readCertificateRoles(env, { bindings, bindingsFile: file, routes, problems });
  problems.throwIfAny();
  const [first, ...others] = issuers;
  // Without an issuer there is a problem, and it was thrown.
  if (first === undefined) throw new Error('No issuer and no problem.');
  const files = file === undefined ? [] : [file];
  const own = { tokenCacheSize, upstreamTimeoutMs, requiredScope, certificateBinding, certificateRoles, files };
  return { ...settings, issuers: [first, ...others], ...own };
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

/** Identity grants no scopes: nobody could ever call. */
function refuseUngrantableScope(
  scope: string | undefined,
  issuers: readonly IssuerBinding[],
  problems: ConfigProblems,
): void {
  if (scope === undefined || issuers.length === 0 || issuers.some(({ kind }) => kind !== 'identity')) return;
  problems.add(
    'REQUIRED_SCOPE is set, but tokens of Identity carry no scopes: unset it, or bind XSUAA or another authorization server.',
  );
}

/** With DEBUG=xssec, @sap/xssec prints each token in full. */
function refuseTokenDump(env: NodeJS.ProcessEnv, problems: ConfigProblems): void {
  const patterns = (env['DEBUG'] ?? '').split(/[\s,]+/);
  const printsTokens = patterns.some((pattern) => pattern !== '' && 'xssec'.startsWith(pattern.split('*')[0] ?? ''));
  if (printsTokens) {
    problems.add(`DEBUG is ${JSON.stringify(env['DEBUG'])}, which prints whole tokens to the log: unset it.`);
  }
}
