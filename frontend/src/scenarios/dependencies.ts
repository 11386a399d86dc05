import type { Logger } from '@mtls/platform';
import type { CreateAgent } from '../upstream/http-client';
import type { UpstreamError } from '../upstream/upstream';

export interface ScenarioDependencies {
  readonly logger: Logger;
  /** How TLS agents are made; Node's own by default. */
  readonly createAgent?: CreateAgent;
}

export interface CacheReports {
  readonly onUnexpected: (error: unknown) => void;
  readonly onRefreshFailed: (failure: { readonly error: UpstreamError }) => void;
}

/** What a cache tells of its refreshes, for which no request waits: a line in the log. */
export function createReports(logger: Logger): CacheReports {
  return {
    onUnexpected: (error) => logger.error({ err: error }, 'a refresh in the background has a bug'),
    onRefreshFailed: ({ error: { code, description, detail } }) =>
      logger.warn({ error: code, detail }, `a refresh in the background failed: ${description}`),
  };
}
