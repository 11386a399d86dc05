import type { Logger } from '@mtls/platform';
import type { Config, DestinationBinding } from '../config';
import { DestinationSource } from '../destination/destination-source';
import type { Scenario } from './scenario';
import { TokenSource } from '../tokens/token-source';
import { createAxiosClient } from '../upstream/axios-client';
import type { CreateAgent } from '../upstream/http-client';
import { createNodeClient } from '../upstream/node-client';
import type { Upstream } from '../upstream/upstream';
import { DestinationScenario } from './destination-scenario';
import { UnboundScenario } from './unbound-scenario';

/** A page shows the backend's answer, and no page is heavier than 300 KB. */
const BACKEND_ANSWER_LIMIT_BYTES = 131_072;

export interface ScenarioDependencies {
  readonly logger: Logger;
  /** How TLS agents are made; Node's own by default. */
  readonly createAgent?: CreateAgent;
}

/** Creates the scenarios that this app offers, each ready or saying what to bind. */
export function createScenarios(config: Config, dependencies: ScenarioDependencies): readonly Scenario[] {
  const { destination } = config;
  return [
    destination === undefined
      ? new UnboundScenario(config.process.appName)
      : createDestinationScenario(config, destination, dependencies),
  ];
}

function createDestinationScenario(
  { destinationName, timeouts, cacheAges, maxSockets }: Config,
  { credential, serviceUrl, bindingName }: DestinationBinding,
  { logger, createAgent }: ScenarioDependencies,
): Scenario {
  const certificate = credential.kind === 'certificate' ? credential.certificate : undefined;
  const shared = { maxSockets, ...(createAgent && { createAgent }) };
  const http = createAxiosClient({ ...shared, ...(certificate && { certificate }) });
  const onUnexpected = (error: unknown): void => logger.error({ err: error }, 'a refresh in the background has a bug');
  const issuer: Upstream = {
    party: 'xsuaa',
    name: 'XSUAA',
    addressFrom: `"${credential.kind === 'certificate' ? 'certurl' : 'url'}" of the service binding "${bindingName}"`,
    timeoutMs: timeouts.tokenMs,
    timeoutSetting: 'TOKEN_TIMEOUT_MS',
  };
  const service: Upstream = {
    party: 'destination-service',
    name: 'the Destination Service',
    addressFrom: `"uri" of the service binding "${bindingName}"`,
    timeoutMs: timeouts.destinationMs,
    timeoutSetting: 'DESTINATION_TIMEOUT_MS',
  };
  const tokens = new TokenSource({
    http,
    issuer,
    maxAgeMs: cacheAges.tokenMs,
    onRefreshFailed: ({ code, description, detail }) =>
      logger.warn({ error: code, detail }, `a refresh in the background failed: ${description}`),
    onUnexpected,
  });
  const destinations = new DestinationSource({
    http,
    service,
    serviceUrl,
    tokens,
    credential,
    destinationName,
    maxAgeMs: cacheAges.destinationMs,
    onRefreshFailed: ({ error: { code, description, detail } }) =>
      logger.warn({ error: code, detail }, `a refresh in the background failed: ${description}`),
    onUnexpected,
  });
  return new DestinationScenario({
    destinations,
    backendHttp: createNodeClient({ ...shared, answerLimitBytes: BACKEND_ANSWER_LIMIT_BYTES }),
    backend: {
      party: 'backend',
      name: 'the backend',
      addressFrom: `URL of the destination "${destinationName}"`,
      timeoutMs: timeouts.backendMs,
      timeoutSetting: 'BACKEND_TIMEOUT_MS',
    },
    bindingCertificate: certificate?.card,
    closeServices: () => http.close(),
  });
}
