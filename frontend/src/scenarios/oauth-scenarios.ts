import type { Config } from '../config';
import { MetadataSource } from '../oauth/metadata-source';
import { CLIENT_TAG, type CertificateClient, type SecretClient } from '../oauth/oauth-settings';
import { createReplay } from '../replay/create-replay';
import type { ScenarioDescription, ScenarioNote } from '../scenario';
import { confirmedThumbprint, type Claims } from '../tokens/claims';
import type { Issuer } from '../tokens/token-endpoint';
import { ClientSource, type ClientSourceOptions } from '../tokens/client-source';
import { TokenSource } from '../tokens/token-source';
import { Connections } from '../upstream/connections';
import { noBackendUrl } from './backend-address';
import { BackendScenario } from './backend-scenario';
import { compareScenarios } from './compared-scenario';
import { createReports, type ScenarioDependencies } from './dependencies';
import { HOME } from './home';
import { describeBackendFor, describeServerFor } from './oauth-upstreams';
import type { Scenario } from './scenario';
import { UnavailableScenario, type Obstacle } from './unavailable-scenario';

const plainPage: ScenarioDescription = {
  path: '/auth',
  title: 'Access token',
  parent: HOME,
  description: 'Fetches a token with a client secret, and calls the backend with it.',
  revocation:
    'Changing the secret at the authorization server, or deleting the client there, stops new tokens at once.',
};

const boundPage: ScenarioDescription = {
  path: '/mtlsauth',
  title: 'Certificate-bound access token',
  parent: HOME,
  description: 'Fetches a token over mutual TLS, and calls the backend with it and the same certificate.',
  revocation:
    'Taking the certificate out of the client’s registration at the authorization server (its JWKS), or deleting the client ' +
    'there, stops new tokens at once.',
};

/** Creates the two scenarios of the third tutorial: a token by secret, and one over mutual TLS, of any authorization server. */
export function createOAuthScenarios(config: Config, dependencies: ScenarioDependencies): readonly Scenario[] {
  return compareScenarios([
    {
      inner: createScenario(config, dependencies, { page: plainPage, client: config.oauth?.plain, kind: 'plain' }),
      title: plainPage.title,
      action: 'Get Access Token',
    },
    {
      inner: createScenario(config, dependencies, { page: boundPage, client: config.oauth?.bound, kind: 'bound' }),
      title: boundPage.title,
      action: 'Get Certificate Bound Access Token',
    },
  ]);
}

interface Way {
  readonly page: ScenarioDescription;
  readonly client: SecretClient | CertificateClient | undefined;
  readonly kind: 'plain' | 'bound';
}

function createScenario(config: Config, dependencies: ScenarioDependencies, { page, client, kind }: Way): Scenario {
  const { oauth, backendUrl, maxSockets } = config;
  const { logger, createAgent } = dependencies;
  const { appName } = config.process;
  if (oauth === undefined || client === undefined) return new UnavailableScenario(page, notConfigured(kind, appName));
  if (backendUrl === undefined) return new UnavailableScenario(page, noBackendUrl(appName));
  const certificate = client.kind === 'certificate' ? client.certificate : undefined;
  const connections = new Connections(certificate, { maxSockets, createAgent });
  const reports = createReports(logger);
  const tokens = new TokenSource({
    httpFor: () => connections.services,
    maxAgeMs: config.cacheAges.tokenMs,
    ...reports,
  });
  const server = describeServerFor(kind, config, oauth);
  const metadata =
    oauth.issuer === undefined
      ? undefined
      : new MetadataSource({ http: connections.services, server, issuer: oauth.issuer, ...reports });
  const backend = describeBackendFor(kind, config);
  return new BackendScenario({
    description: page,
    access: new ClientSource({
      tokens,
      backendUrl,
      prepare: () => prepare({ client, server, metadata }),
      ...(kind === 'bound' && { note: noteUnbound }),
    }),
    connect: () => connections,
    backend,
    replay: createReplay(config, dependencies, backend),
    bindingCertificate: certificate?.card,
    close: () => connections.retire(),
  });
}

interface Registration {
  readonly client: SecretClient | CertificateClient;
  readonly server: Issuer;
  /** Undefined where the token endpoint is configured. */
  readonly metadata: MetadataSource | undefined;
}

/** Completes the client by its token endpoint: that of the metadata, with a certificate the alias for it (RFC 8705 §5). */
async function prepare({ client, server, metadata }: Registration): ReturnType<ClientSourceOptions['prepare']> {
  const found = await metadata?.get();
  if (found?.ok === false) return found;
  const { tokenUrl: plainUrl, certificateTokenUrl, keysPath = 'jwks_uri' } = found?.metadata ?? {};
  const tokenUrl = client.tokenUrl ?? (client.kind === 'certificate' ? certificateTokenUrl : plainUrl);
  // The settings were read so that one of both is there.
  if (tokenUrl === undefined) throw new Error('Neither a token endpoint nor an issuer is configured.');
  const request = { issuer: server, credential: { ...client, tokenUrl }, purpose: 'token for the backend' };
  return { ok: true, request, issuer: { party: 'authorization-server', keysPath }, hops: found?.hops ?? [] };
}

/** A server may authenticate a client by its certificate and still issue tokens for everybody (RFC 8705 §3.4). */
function noteUnbound(claims: Claims | undefined): readonly ScenarioNote[] {
  if (claims === undefined || confirmedThumbprint(claims) !== undefined) return [];
  return [
    {
      code: 'token-not-bound',
      message:
        'The server has authenticated this client by its certificate, but the token is not bound to it: it has no `cnf`.',
      reason:
        'Register the client with `tls_client_certificate_bound_access_tokens`, or tick the box that the server has for ' +
        'certificate-bound access tokens.',
    },
  ];
}

function notConfigured(kind: Way['kind'], appName: string): Obstacle {
  const plain = 'OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET';
  const bound = 'MTLS_OAUTH_CLIENT_ID, MTLS_OAUTH_CERTIFICATE and MTLS_OAUTH_KEY';
  const [what, settings] = kind === 'plain' ? ['client with a secret', plain] : ['client with a certificate', bound];
  return {
    kind: 'not-bound',
    code: `oauth-${kind}-client-not-configured`,
    message: `This app has no ${what} at an authorization server.`,
    remedy:
      `Register one there, and give OAUTH_ISSUER, ${settings} to this app in a service: ` +
      `\`cf create-user-provided-service mtlsOauthClient -t ${CLIENT_TAG} -p client.json\`, ` +
      `\`cf bind-service ${appName} mtlsOauthClient\`, \`cf restage ${appName}\`; on your own machine, in a file \`.env\`.`,
    hop: { from: 'frontend', to: 'authorization-server' },
  };
}
