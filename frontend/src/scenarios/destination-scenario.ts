import type { BackendUpstream } from '../backend-client';
import { PLAIN_ROUTE_WAY_OUT } from '../backend-refusal';
import type { Config } from '../config';
import type { DestinationBinding } from '../destination/destination-binding';
import { DestinationSource } from '../destination/destination-source';
import { createReplay } from '../replay/create-replay';
import type { ScenarioDescription } from '../scenario';
import type { Issuer } from '../tokens/token-endpoint';
import { certificateOf } from '../tokens/credential';
import { TokenSource } from '../tokens/token-source';
import { Connections, RotatingConnections } from '../upstream/connections';
import type { Upstream } from '../upstream/upstream';
import { BackendScenario } from './backend-scenario';
import { createReports, type ScenarioDependencies } from './dependencies';
import type { Scenario } from './scenario';
import { UnavailableScenario, type Obstacle } from './unavailable-scenario';

const description: ScenarioDescription = {
  path: '/app',
  title: 'XSUAA and Destination Service',
  description:
    'Calls the backend with a token that the Destination Service fetches from XSUAA over mutual TLS, with the keystore ' +
    'uploaded to it. The token is bound to the certificate in that keystore.',
  revocation:
    'Deleting the binding or service key that the keystore was made from (`cf unbind-service`, `cf delete-service-key`) ' +
    'stops new tokens at once: XSUAA answers `invalid_client` to its certificate.',
};

/** Creates the scenario of the first tutorial: the Destination Service brings token and keystore. */
export function createDestinationScenario(config: Config, dependencies: ScenarioDependencies): Scenario {
  const { destination: binding, maxSockets } = config;
  const { logger, createAgent } = dependencies;
  if (binding === undefined) return new UnavailableScenario(description, noDestinationService(config.process.appName));
  const certificate = certificateOf(binding.credential);
  const services = new Connections(certificate, { maxSockets, createAgent });
  const backend = new RotatingConnections({ maxSockets, createAgent });
  const upstream = describeBackend(config);
  const reports = createReports(logger);
  const tokens = new TokenSource({
    httpFor: (used) => (used === binding.credential ? services : backend.with(certificateOf(used))).services,
    maxAgeMs: config.cacheAges.tokenMs,
    ...reports,
  });
  return new BackendScenario({
    description,
    access: new DestinationSource({
      ...describeServices(config, binding),
      http: services.services,
      serviceUrl: binding.serviceUrl,
      tokens,
      credential: binding.credential,
      destinationName: config.destinationName,
      maxAgeMs: config.cacheAges.destinationMs,
      ...reports,
    }),
    connect: (shown) => backend.with(shown),
    backend: upstream,
    replay: createReplay(config, dependencies, upstream),
    bindingCertificate: certificate?.card,
    close: () => [services, backend].forEach((connections) => connections.retire()),
  });
}

export function noDestinationService(appName: string): Obstacle {
  return {
    kind: 'not-bound',
    code: 'destination-service-not-bound',
    message: 'No instance of the Destination Service is bound to this app, so it cannot ask for the destination.',
    remedy:
      'Create and bind an instance of the Destination Service: `cf create-service destination lite mtlsDestination`, ' +
      `\`cf bind-service ${appName} mtlsDestination\`, \`cf restage ${appName}\`.`,
    hop: { from: 'frontend', to: 'destination-service' },
  };
}

function describeBackend({ destinationName, timeouts }: Config): BackendUpstream {
  return {
    party: 'backend',
    name: 'the backend',
    addressFrom: `URL of the destination "${destinationName}"`,
    timeoutMs: timeouts.backendMs,
    timeoutSetting: 'BACKEND_TIMEOUT_MS',
    remedies: {
      tokenInvalid:
        'Check that the backend is bound to the XSUAA instance whose service key the destination was made from; ' +
        'after a change there, `mtls destination deploy` again.',
      forbidden:
        'Grant the missing scope to the client of the destination in xs-security.json, and update the instance.',
      certificateMissing:
        'Let the destination name the certificate route of the backend, whose host has the label `cert` behind the name ' +
        `of the app (\`mtls destination deploy --url https://…\`); or ${PLAIN_ROUTE_WAY_OUT}`,
      bindingRequired:
        'Let the destination fetch its token with a keystore (`mtls destination deploy`), or set CERTIFICATE_BINDING of the ' +
        'backend to if-bound.',
    },
  };
}

/** XSUAA and the Destination Service, as messages name them for this binding. */
export function describeServices(
  { timeouts }: Pick<Config, 'timeouts'>,
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
