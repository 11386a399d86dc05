import { ConfigProblems, createLogger } from '@mtls/platform';
import type { Express } from 'express';
import { globalAgent } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { createApp, type AppConfig } from '../../src/app';
import { parseXsuaaBinding, type XsuaaBinding } from '../../src/xsuaa-binding';
import { XsuaaDouble } from './xsuaa-double';

const LOG_LIMIT_MS = 2000;

export interface TestBackend {
  readonly app: Express;
  /** Waits for the line of the request that was just answered (it follows the answer) and forgets all lines. */
  takeLogLine(): Promise<Record<string, unknown>>;
}

export type TestBackendOptions = Partial<Omit<AppConfig, 'issuers'>> & {
  /** Overrides members of the binding's credentials. */
  readonly credentials?: Readonly<Record<string, unknown>>;
};

/** Starts a double and makes this process trust it, as NODE_EXTRA_CA_CERTS does for a process of its own. */
export async function startTrustedXsuaa(): Promise<XsuaaDouble> {
  const xsuaa = await XsuaaDouble.start();
  globalAgent.options.ca = xsuaa.certificate;
  return xsuaa;
}

/** Assembles the app with a binding of the double; nothing is remembered from another test backend. */
export function createTestBackend(xsuaa: XsuaaDouble, options: TestBackendOptions = {}): TestBackend {
  const { credentials, ...config } = options;
  const lines: string[] = [];
  const logger = createLogger({ component: 'backendmtls', destination: { write: (line) => void lines.push(line) } });
  const issuers = [parseBinding({ ...xsuaa.credentials, ...credentials })] as const;
  const defaults = { issuers, tokenCacheSize: 100, upstreamTimeoutMs: 1000, requiredScope: undefined };
  return {
    app: createApp({ ...defaults, ...config }, { logger }),
    async takeLogLine() {
      const deadline = Date.now() + LOG_LIMIT_MS;
      while (lines.length === 0 && Date.now() < deadline) await setImmediate();
      const taken = lines.splice(0);
      if (taken.length !== 1) throw new Error(`${taken.length} lines were logged:\n${taken.join('')}`);
      return JSON.parse(taken[0] ?? '') as Record<string, unknown>;
    },
  };
}

function parseBinding(credentials: Record<string, unknown>): XsuaaBinding {
  const problems = new ConfigProblems();
  const binding = parseXsuaaBinding({ label: 'xsuaa', name: 'mtlsXsuaa', tags: ['xsuaa'], credentials }, problems);
  problems.throwIfAny();
  if (binding === undefined) throw new Error('There is a problem when there is no binding.');
  return binding;
}
