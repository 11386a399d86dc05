import { followFiles, type Followed, type Logger } from '@mtls/platform';
import type { RequestHandler } from 'express';
import { createAuthentication } from './auth/authenticate';
import { createIssuers } from './auth/issuers';
import { VerifiedTokens } from './auth/verified-tokens';
import { readConfig, type BackendConfig } from './config';
import { logConfiguration } from './start-log';

/** Everything that is made of the service bindings; it is made anew when they change. */
export interface BoundParts {
  /** Lets a request pass only with a token of a bound service. */
  readonly authenticate: RequestHandler;
}

/** Makes what depends on the bindings. No token is remembered that was verified for other bindings. */
export function createBoundParts({
  issuers,
  tokenCacheSize,
  upstreamTimeoutMs,
}: Pick<BackendConfig, 'issuers' | 'tokenCacheSize' | 'upstreamTimeoutMs'>): BoundParts {
  const verified = new VerifiedTokens(tokenCacheSize);
  const { signatureCache } = verified;
  const services = createIssuers(issuers, { timeoutMs: upstreamTimeoutMs, signatureCache });
  return { authenticate: createAuthentication(services, verified) };
}

/** Makes the parts, and makes them anew whenever a file of the configuration changes. @throws {ConfigError} */
export function followBoundParts(
  { files, reloadCheckMs }: Pick<BackendConfig, 'files' | 'reloadCheckMs'>,
  logger: Logger,
): Followed<BoundParts> {
  return followFiles({
    files,
    intervalMs: reloadCheckMs,
    make: () => {
      const config = readConfig();
      return { ...createBoundParts(config), config };
    },
    onReplaced: (_old, { config }) => logConfiguration(config, logger),
    logger,
  });
}
