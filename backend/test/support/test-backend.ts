import { ConfigProblems, createLogger } from '@mtls/platform';
import { IdentityService } from '@sap/xssec';
import type { Express } from 'express';
import { globalAgent } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { createApp, type AppConfig, type AppDependencies } from '../../src/app';
import { createBoundParts } from '../../src/bound-parts';
import type { CertificateBindingPolicy } from '../../src/auth/require-certificate-binding';
import { readIssuerBindings, type IssuerBinding } from '../../src/issuer-bindings';
import { IdentityDouble } from './identity-double';
import type { IssuerDouble } from './issuer-double';
import { OAuthDouble } from './oauth-double';
import { XsuaaDouble } from './xsuaa-double';

const LOG_LIMIT_MS = 2000;

/** The certificate route of every test backend. */
export const CERTIFICATE_ROUTE = 'backendmtls-test.cert.cfapps.example';
export const PLAIN_ROUTE = 'backendmtls-test.cfapps.example';

/** What holds without any setting. */
export const strictBinding: CertificateBindingPolicy = {
  routes: [CERTIFICATE_ROUTE],
  header: 'x-forwarded-client-cert',
  onCertificateRoutes: 'if-bound',
  boundOnPlainRoutes: 'refuse',
};

export interface TestBackend {
  readonly app: Express;
  /** Waits for the line of the request that was just answered (it follows the answer) and forgets all lines. */
  takeLogLine(): Promise<Record<string, unknown>>;
}

type TestBackendConfig = AppConfig & Parameters<typeof createBoundParts>[0];

export type TestBackendOptions = Partial<Omit<TestBackendConfig, 'issuers'>> & {
  /** Overrides members of the credentials of each binding. */
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly certificateRoles?: AppDependencies['certificateRoles'];
};

/** Starts a double and makes this process trust it, as NODE_EXTRA_CA_CERTS does for a process of its own. */
export async function startTrustedXsuaa(): Promise<XsuaaDouble> {
  return trust(await XsuaaDouble.start());
}

/** Starts a double and makes this process trust it, as NODE_EXTRA_CA_CERTS does for a process of its own. */
export async function startTrustedIdentity(): Promise<IdentityDouble> {
  return trust(await IdentityDouble.start());
}

/** Starts a double and makes this process trust it, as NODE_EXTRA_CA_CERTS does for a process of its own. */
export async function startTrustedOAuthServer(): Promise<OAuthDouble> {
  return trust(await OAuthDouble.start());
}

function trust<T extends IssuerDouble>(issuer: T): T {
  const { ca = [] } = globalAgent.options;
  globalAgent.options.ca = [...(Array.isArray(ca) ? ca : [ca]), issuer.certificate];
  return issuer;
}

/** Assembles the app with bindings of the doubles; nothing is remembered from another test backend. */
export function createTestBackend(
  issuers: IssuerDouble | readonly IssuerDouble[],
  options: TestBackendOptions = {},
): TestBackend {
  const { credentials, certificateRoles, ...config } = options;
  const lines: string[] = [];
  const logger = createLogger({ component: 'backendmtls', destination: { write: (line) => void lines.push(line) } });
  const bindings = readBindings([issuers].flat(), credentials);
  const defaults: TestBackendConfig = {
    issuers: bindings,
    tokenCacheSize: 100,
    upstreamTimeoutMs: 1000,
    requiredScope: undefined,
    certificateBinding: strictBinding,
  };
  // @sap/xssec keeps what it discovered for the whole process.
  void new IdentityService({}).oidcCache.clear();
  const settings = { ...defaults, ...config };
  const bound = { current: createBoundParts(settings), isOutdated: false };
  return {
    app: createApp(settings, { bound, certificateRoles, logger }),
    async takeLogLine() {
      const deadline = Date.now() + LOG_LIMIT_MS;
      while (lines.length === 0 && Date.now() < deadline) await setImmediate();
      const taken = lines.splice(0);
      if (taken.length !== 1) throw new Error(`${taken.length} lines were logged:\n${taken.join('')}`);
      return JSON.parse(taken[0] ?? '') as Record<string, unknown>;
    },
  };
}

function readBindings(
  issuers: readonly IssuerDouble[],
  overrides: Readonly<Record<string, unknown>> | undefined,
): readonly [IssuerBinding, ...IssuerBinding[]] {
  const problems = new ConfigProblems();
  const bindings = issuers.map(({ binding, credentials }) => ({
    ...binding,
    tags: [...binding.tags],
    credentials: { ...credentials, ...overrides },
  }));
  const [first, ...others] = readIssuerBindings({ env: {}, bindings, problems }, 'backendmtls');
  problems.throwIfAny();
  if (first === undefined) throw new Error('There is a problem when there is no binding.');
  return [first, ...others];
}
