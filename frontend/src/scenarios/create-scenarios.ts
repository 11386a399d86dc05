import type { Logger } from '@mtls/platform';
import type { Config, DestinationBinding } from '../config';
import { DestinationSource } from '../destination/destination-source';
import type { Scenario } from './scenario';
import type { Issuer } from '../tokens/client-credentials';
import { certificateOf } from '../tokens/credential';
import { TokenSource } from '../tokens/token-source';
import { Connections, RotatingConnections } from '../upstream/connections';
import type { CreateAgent } from '../upstream/http-client';
import type { Upstream, UpstreamError } from '../upstream/upstream';
import { DestinationScenario } from './destination-scenario';
import { UnboundScenario } from './unbound-scenario';

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
  { logger, createAgent }: ScenarioDependencies,
): Scenario {
  const { destinationName, timeouts, maxSockets } = config;
  const certificate = certificateOf(binding.credential);
  const connections = {
    binding: new Connections(certificate, { maxSockets, createAgent }),
    keystore: new RotatingConnections({ maxSockets, createAgent }),
  };
  return new DestinationScenario({
    destinations: createDestinationSource(config, binding, { connections, logger }),
    connections: connections.keystore,
    backend: {
      party: 'backend',
      name: 'the backend',
      addressFrom: `URL of the destination "${destinationName}"`,
      timeoutMs: timeouts.backendMs,
      timeoutSetting: 'BACKEND_TIMEOUT_MS',
    },
    bindingCertificate: certificate?.card,
    closeServices: () => connections.binding.close(),
  });
}

interface SourceDependencies {
  readonly connections: { readonly binding: Connections; readonly keystore: RotatingConnections };
  readonly logger: Logger;
}

function createDestinationSource(
  config: Config,
  binding: DestinationBinding,
  { connections, logger }: SourceDependencies,
): DestinationSource {
  const { credential, serviceUrl } = binding;
  const reports = {
    onUnexpected: (error: unknown) => logger.error({ err: error }, 'a refresh in the background has a bug'),
    onRefreshFailed: ({ error: { code, description, detail } }: { readonly error: UpstreamError }) =>
      logger.warn({ error: code, detail }, `a refresh in the background failed: ${description}`),
  };
  return new DestinationSource({
    ...describeServices(config, binding),
    http: connections.binding.services,
    serviceUrl,
    tokens: new TokenSource({
      httpFor: (used) =>
        (used === credential ? connections.binding : connections.keystore.with(certificateOf(used))).services,
      maxAgeMs: config.cacheAges.tokenMs,
      ...reports,
    }),
    credential,
    destinationName: config.destinationName,
    maxAgeMs: config.cacheAges.destinationMs,
    ...reports,
  });
}

function describeServices(
  { timeouts }: Config,
  { credential, bindingName }: DestinationBinding,
): { readonly issuer: Issuer; readonly service: Upstream } {
  const field = credential.kind === 'certificate' ? 'certurl' : 'url';
  return {
    issuer: {
      party: 'xsuaa',
      name: 'XSUAA',
      addressFrom: `"${field}" of the service binding "${bindingName}"`,
      timeoutMs: timeouts.tokenMs,
      timeoutSetting: 'TOKEN_TIMEOUT_MS',
      clientRemedy: 'The binding may have been deleted or renewed: bind the service again and restage this app.',
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
