import type { Logger } from '@mtls/platform';
import type { Config, DestinationBinding } from '../config';
import { DestinationSource } from '../destination/destination-source';
import type { Scenario } from './scenario';
import { TokenSource } from '../tokens/token-source';
import { createAxiosClient } from '../upstream/axios-client';
import type { CreateAgent, HttpClient } from '../upstream/http-client';
import { createNodeClient } from '../upstream/node-client';
import type { Upstream, UpstreamError } from '../upstream/upstream';
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
  config: Config,
  binding: DestinationBinding,
  dependencies: ScenarioDependencies,
): Scenario {
  const { destinationName, timeouts, maxSockets } = config;
  const { credential } = binding;
  const { createAgent } = dependencies;
  const certificate = credential.kind === 'certificate' ? credential.certificate : undefined;
  const shared = { maxSockets, ...(createAgent && { createAgent }) };
  const http = createAxiosClient({ ...shared, ...(certificate && { certificate }) });
  return new DestinationScenario({
    destinations: createDestinationSource(config, binding, { http, logger: dependencies.logger }),
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

function createDestinationSource(
  config: Config,
  binding: DestinationBinding,
  { http, logger }: { readonly http: HttpClient; readonly logger: Logger },
): DestinationSource {
  const { credential, serviceUrl } = binding;
  const { issuer, service } = describeServices(config, binding);
  const reports = {
    onUnexpected: (error: unknown) => logger.error({ err: error }, 'a refresh in the background has a bug'),
    onRefreshFailed: ({ error: { code, description, detail } }: { readonly error: UpstreamError }) =>
      logger.warn({ error: code, detail }, `a refresh in the background failed: ${description}`),
  };
  const tokens = new TokenSource({ http, issuer, maxAgeMs: config.cacheAges.tokenMs, ...reports });
  return new DestinationSource({
    http,
    service,
    serviceUrl,
    tokens,
    credential,
    destinationName: config.destinationName,
    maxAgeMs: config.cacheAges.destinationMs,
    ...reports,
  });
}

function describeServices(
  { timeouts }: Config,
  { credential, bindingName }: DestinationBinding,
): { readonly issuer: Upstream; readonly service: Upstream } {
  const field = credential.kind === 'certificate' ? 'certurl' : 'url';
  return {
    issuer: {
      party: 'xsuaa',
      name: 'XSUAA',
      addressFrom: `"${field}" of the service binding "${bindingName}"`,
      timeoutMs: timeouts.tokenMs,
      timeoutSetting: 'TOKEN_TIMEOUT_MS',
    },
    service: {
      party: 'destination-service',
      name: 'the Destination Service',
      addressFrom: `"uri" of the service binding "${bindingName}"`,
      timeoutMs: timeouts.destinationMs,
      timeoutSetting: 'DESTINATION_TIMEOUT_MS',
    },
  };
}
