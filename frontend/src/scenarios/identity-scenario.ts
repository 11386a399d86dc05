import type { BackendUpstream } from '../backend-client';
import type { Config } from '../config';
import { createReplay } from '../replay/create-replay';
import type { ScenarioDescription } from '../scenario';
import type { Issuer } from '../tokens/token-endpoint';
import { ClientSource } from '../tokens/client-source';
import { certificateOf } from '../tokens/credential';
import { TokenSource } from '../tokens/token-source';
import { Connections } from '../upstream/connections';
import { BackendScenario } from './backend-scenario';
import { describeBackendAt, noBackendUrl } from './backend-address';
import { createReports, type ScenarioDependencies } from './dependencies';
import type { Scenario } from './scenario';
import { UnavailableScenario, type Obstacle } from './unavailable-scenario';

const description: ScenarioDescription = {
  path: '/homepage',
  title: 'Identity (IAS)',
  description:
    'Fetches a token directly from Identity Authentication, over mutual TLS with the certificate of the binding, and calls ' +
    'the backend with the same certificate. No destination and no keystore are involved.',
  revocation:
    'Unbinding the Identity instance from this app (`cf unbind-service`) stops new tokens at once: Identity answers ' +
    '`invalid_client` to the certificate or secret of the deleted binding.',
};

/** For a binding without a certificate. */
const secretDescription: ScenarioDescription = {
  ...description,
  description:
    'Fetches a token directly from Identity Authentication, with the client secret of the binding, and calls the backend ' +
    'with it. Such a token is bound to nothing: bind with a certificate to see the difference.',
};

/** Creates the scenario of the second tutorial: a token straight from Identity. */
export function createIdentityScenario(config: Config, dependencies: ScenarioDependencies): Scenario {
  const { identity, backendUrl, maxSockets } = config;
  const { logger, createAgent } = dependencies;
  const { appName } = config.process;
  if (identity === undefined) return new UnavailableScenario(description, notBound(appName));
  const { client, bindingName } = identity;
  if (client.kind === 'public') return new UnavailableScenario(description, publicClient(bindingName, appName));
  if (backendUrl === undefined) return new UnavailableScenario(description, noBackendUrl(appName));
  const certificate = certificateOf(client);
  const connections = new Connections(certificate, { maxSockets, createAgent });
  const tokens = new TokenSource({
    httpFor: () => connections.services,
    maxAgeMs: config.cacheAges.tokenMs,
    ...createReports(logger),
  });
  const request = {
    issuer: describeIssuer(config, bindingName),
    credential: client,
    purpose: 'token for the backend',
    resources: config.identityResources,
  };
  const prepared = { ok: true, request, issuer: { party: 'identity', keysPath: '/oauth2/certs' }, hops: [] } as const;
  const backend = describeBackend(config);
  return new BackendScenario({
    description: certificate === undefined ? secretDescription : description,
    access: new ClientSource({ tokens, backendUrl, prepare: () => Promise.resolve(prepared) }),
    connect: () => connections,
    backend,
    replay: createReplay(config, dependencies, backend),
    bindingCertificate: certificate?.card,
    close: () => connections.retire(),
  });
}

function notBound(appName: string): Obstacle {
  return {
    kind: 'not-bound',
    code: 'identity-not-bound',
    message: 'No instance of the service identity is bound to this app, so it has no client to fetch a token with.',
    remedy:
      'Create and bind an instance of Identity: `cf create-service identity application clicreIas -c config_ias.json`, ' +
      `\`cf bind-service ${appName} clicreIas -c '{"credential-type":"X509_GENERATED"}'\`; set BACKEND_URL to the backend's ` +
      `certificate route if it is not set; \`cf restage ${appName}\`.`,
    hop: { from: 'frontend', to: 'identity' },
  };
}

function publicClient(bindingName: string, appName: string): Obstacle {
  return {
    kind: 'not-configured',
    code: 'identity-client-public',
    message:
      `The binding of "${bindingName}" has the credential type NONE: a public client, which cannot authenticate. The ` +
      'client credentials grant is for clients that can (RFC 6749, section 4.4), so there is no token for this app itself.',
    remedy:
      `Bind with a certificate instead: \`cf unbind-service ${appName} ${bindingName}\`, \`cf bind-service ${appName} ` +
      `${bindingName} -c '{"credential-type":"X509_GENERATED"}'\`, \`cf restage ${appName}\`.`,
    hop: { from: 'frontend', to: 'identity' },
  };
}

function describeIssuer({ timeouts }: Config, bindingName: string): Issuer {
  return {
    party: 'identity',
    name: 'Identity Authentication',
    addressFrom: `"url" of the service binding "${bindingName}"`,
    timeoutMs: timeouts.tokenMs,
    timeoutSetting: 'TOKEN_TIMEOUT_MS',
    clientRemedy:
      'The binding may have been deleted or renewed, or the trust between subaccount and tenant removed: bind the ' +
      'service again and restage this app.',
  };
}

function describeBackend(config: Config): BackendUpstream {
  return describeBackendAt(config, {
    tokenInvalid:
      'Check that the backend is bound to the same Identity instance as this app; where it is another application of the ' +
      'tenant, name it in IDENTITY_RESOURCE.',
    forbidden: 'Tokens of Identity carry no scopes: unset REQUIRED_SCOPE of the backend.',
    bindingRequired:
      'Bind Identity with a certificate in place of a secret, e.g. credential-type X509_GENERATED, or set ' +
      'CERTIFICATE_BINDING of the backend to if-bound.',
  });
}
