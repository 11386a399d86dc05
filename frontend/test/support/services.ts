import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { generateKeyPair, SignJWT } from 'jose';
import type { Config } from '../../src/config';
import type { CertificateCard } from '../../src/scenario';
import { identityDialect, readCredential, xsuaaDialect, type Credential } from '../../src/tokens/credential';
import { decodeClaims, confirmedThumbprint } from '../../src/tokens/claims';
import { hang, sendJson, StandIn, type Handler } from './stand-in';
import { TestCa, type Issued } from './test-ca';

export const clientId = 'sb-clone!b1|destination-xsappname!b2';
/** A real one has these characters too. */
export const clientSecret = 'f1b$a+b/c=%26&x=';
export const destinationName = 'destination_to_mtlsapp';
export const identityClientId = '8a9c4a5e-7c1c-4a0e-9c57-3e6f1d2b7a10';
export const targetClientId = 'sb-mtlsxsuaa!t1';
const keystoreName = 'mtlsXsuaa_client_certificate.pem';

/** In the words of the backend. */
export const refusals = {
  plainRoute:
    'The token is bound to a client certificate, which cannot arrive on this route: call this app on its certificate route ' +
    'backend.cert.example with that certificate, or set ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES to true here, which accepts ' +
    'stolen tokens, too.',
  noCertificate:
    'The token is bound to a client certificate, and none came with the request: present the certificate that the token ' +
    'was fetched with.',
  otherCertificate:
    'The token is bound to another client certificate than the one that came with the request: present the certificate ' +
    'that the token was fetched with.',
  notBound: 'This route accepts only tokens that are bound to a client certificate: fetch the token over mutual TLS.',
} as const;

/** What the stand-ins answer with; a test changes what it needs. */
export interface Behaviour {
  /** Seconds. */
  serviceTokenLifetime: number;
  targetTokenLifetime: number;
  destination: Record<string, string>;
  /** The token of a find; undefined for a fresh one. */
  authTokens: unknown[] | undefined;
  certificates: unknown[];
  /** Thumbprints of the certificates of the bindings that exist; more than one of each while they are rotated. */
  bound: Set<string>;
  /** Tokens that the backend refuses. */
  refusedTokens: Set<string>;
  /** The certificate that the Destination Service has fetched its token with: that of a keystore before this one, if it keeps tokens. */
  retrievedWith: Issued;
}

/** XSUAA (both hosts), Destination Service and backend, with the calls they got. */
export interface Services {
  readonly ca: TestCa;
  readonly xsuaa: StandIn;
  readonly xsuaaCertificate: StandIn;
  readonly destinationService: StandIn;
  readonly backend: StandIn;
  /** The same backend behind a certificate route: asks for the certificate that a token is bound to. */
  readonly certificateRoute: StandIn;
  /** The same backend behind an https address that asks for no certificate. */
  readonly plainRoute: StandIn;
  /** Identity: takes secrets and certificates at one address. */
  readonly identity: StandIn;
  readonly binding: Issued;
  readonly identityBinding: Issued;
  readonly keystore: Issued;
  readonly behaviour: Behaviour;
  /** Everything secret that was in play: it must turn up in no log and on no page. */
  readonly secrets: () => readonly string[];
  readonly tokens: { readonly service: string[]; readonly target: string[]; readonly identity: string[] };
  /** A token of XSUAA for the backend, bound to the certificate with this thumbprint, or to none. */
  readonly signBoundToken: (thumbprint: string | undefined) => Promise<string>;
  readonly createAgent: (options: AgentOptions) => Agent;
  reset(): void;
  stop(): Promise<void>;
}

export async function startServices(): Promise<Services> {
  const ca = await TestCa.create();
  const server = await ca.issueServer();
  const [binding, keystore, identityBinding] = await Promise.all([
    ca.issueClient(),
    ca.issueClient({ keyType: 'rsa' }),
    ca.issueClient({ subject: 'C=DE,O=SAP SE,OU=SAP Cloud Platform Clients,CN=identity' }),
  ]);
  const signing = await generateKeyPair('ES256');
  const tokens = { service: [] as string[], target: [] as string[], identity: [] as string[] };
  const behaviour = {} as Behaviour; // filled by reset() below

  const signToken = (claims: Record<string, unknown>, lifetime: number): Promise<string> =>
    new SignJWT({ jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'default-jwt-key', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + lifetime)
      .sign(signing.privateKey);

  const isBound = (thumbprint: string | undefined): boolean =>
    thumbprint !== undefined && behaviour.bound.has(thumbprint);

  const issueServiceToken: Handler = async (request, res) => {
    const form = new URLSearchParams(request.body);
    if (form.get('client_id') === targetClientId && request.thumbprint !== undefined) {
      const access_token = await signTargetToken(request.thumbprint);
      return sendJson(res, 200, { access_token, token_type: 'bearer', expires_in: behaviour.targetTokenLifetime });
    }
    const bySecret = form.get('client_secret') === clientSecret;
    const byCertificate = isBound(request.thumbprint);
    if (
      form.get('grant_type') !== 'client_credentials' ||
      form.get('client_id') !== clientId ||
      !(bySecret || byCertificate)
    )
      return sendJson(res, 401, { error: 'invalid_client', error_description: 'Bad credentials' });
    const lifetime = behaviour.serviceTokenLifetime;
    const token = await signToken({ client_id: clientId, zid: 'zone' }, lifetime);
    tokens.service.push(token);
    sendJson(res, 200, { access_token: token, token_type: 'bearer', expires_in: lifetime, jti: 'x', scope: 'a b' });
  };

  const issueIdentityToken: Handler = async (request, res) => {
    if (request.url !== '/oauth2/token') return void res.writeHead(404).end('Not Found');
    const form = new URLSearchParams(request.body);
    const thumbprint = isBound(request.thumbprint) ? request.thumbprint : undefined;
    if (
      form.get('grant_type') !== 'client_credentials' ||
      form.get('client_id') !== identityClientId ||
      !(form.get('client_secret') === clientSecret || thumbprint !== undefined)
    )
      return sendJson(res, 401, { error: 'invalid_client', error_description: 'Client authentication failed' });
    const lifetime = behaviour.targetTokenLifetime;
    const token = await signToken(
      {
        iss: identity.url,
        sub: identityClientId,
        azp: identityClientId,
        aud: form.get('resource') ?? identityClientId,
        app_tid: 'tenant',
        sap_id_type: 'app',
        ...(thumbprint !== undefined && { cnf: { 'x5t#S256': thumbprint } }),
      },
      lifetime,
    );
    tokens.identity.push(token);
    sendJson(res, 200, { access_token: token, token_type: 'Bearer', expires_in: lifetime });
  };

  const find: Handler = async (request, res) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    if (token === undefined || !tokens.service.includes(token)) return void res.writeHead(401).end('Unauthorized');
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname !== `/destination-configuration/v1/destinations/${destinationName}`)
      return sendJson(res, 404, { ErrorMessage: 'Configuration with the specified name was not found' });
    const found = {
      owner: { SubaccountId: randomUUID(), InstanceId: null },
      destinationConfiguration: behaviour.destination,
    };
    if (url.searchParams.get('$skipTokenRetrieval') === 'true')
      return sendJson(res, 200, { ...found, certificates: behaviour.certificates });
    sendJson(res, 200, { ...found, authTokens: behaviour.authTokens ?? [await retrieveToken()] });
  };

  const signTargetToken = async (thumbprint: string | undefined): Promise<string> => {
    const cnf = thumbprint === undefined ? {} : { cnf: { 'x5t#S256': thumbprint } };
    const claims = { client_id: targetClientId, zid: 'zone', ...cnf };
    const token = await signToken(claims, behaviour.targetTokenLifetime);
    tokens.target.push(token);
    return token;
  };

  const retrieveToken = async (): Promise<unknown> => {
    const lifetime = behaviour.targetTokenLifetime;
    const value = await signTargetToken(behaviour.retrievedWith.thumbprint);
    const http_header = { key: 'Authorization', value: `Bearer ${value}` };
    return { type: 'bearer', value, http_header, expires_in: String(lifetime), scope: 'uaa.resource' };
  };

  const answer: Handler = (request, res) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (request.url !== '/endpoint') return sendJson(res, 404, { error: 'not_found' });
    if (behaviour.refusedTokens.has(token)) return refuseToken(res, 'The signature is wrong.');
    sendJson(res, 200, { message: 'Backend app successfully called.', claims: decodeClaims(token) });
  };

  const answerBound: Handler = (request, res) => {
    const bound = confirmedThumbprint(decodeClaims(request.headers.authorization?.replace(/^Bearer /, '') ?? ''));
    if (bound === request.thumbprint || bound === undefined) return answer(request, res);
    refuseToken(res, request.thumbprint === undefined ? refusals.plainRoute : refusals.otherCertificate);
  };

  const xsuaa = await StandIn.start({ tls: { server }, handler: issueServiceToken });
  const xsuaaCertificate = await StandIn.start({ tls: { server, clientCa: ca.rootPem }, handler: issueServiceToken });
  const destinationService = await StandIn.start({ tls: { server }, handler: find });
  const backend = await StandIn.start({ handler: answer });
  const certificateRoute = await StandIn.start({ tls: { server, clientCa: ca.rootPem }, handler: answerBound });
  const plainRoute = await StandIn.start({ tls: { server }, handler: answerBound });
  const identity = await StandIn.start({ tls: { server, clientCa: ca.rootPem }, handler: issueIdentityToken });
  const all = [identity, xsuaa, xsuaaCertificate, destinationService, backend, certificateRoute, plainRoute];

  const services: Services = {
    ca,
    xsuaa,
    xsuaaCertificate,
    destinationService,
    backend,
    certificateRoute,
    plainRoute,
    identity,
    binding,
    identityBinding,
    keystore,
    behaviour,
    tokens,
    secrets: () => [
      clientSecret,
      encodeURIComponent(clientSecret),
      keyLine(binding),
      keyLine(keystore),
      keyLine(identityBinding),
      ...Object.values(tokens).flat(),
    ],
    signBoundToken: signTargetToken,
    createAgent: (options) => new Agent({ ...options, ca: ca.rootPem }),
    reset() {
      for (const standIn of all) standIn.reset();
      for (const list of Object.values(tokens)) list.length = 0;
      Object.assign(behaviour, {
        serviceTokenLifetime: 43_199,
        targetTokenLifetime: 43_199,
        destination: {
          Name: destinationName,
          Type: 'HTTP',
          URL: backend.url,
          ProxyType: 'Internet',
          Authentication: 'OAuth2ClientCredentials',
          clientId: targetClientId,
          tokenServiceURLType: 'Dedicated',
          tokenServiceURL: `${xsuaaCertificate.url}/oauth/token`,
          'tokenService.KeyStoreLocation': keystoreName,
        },
        authTokens: undefined,
        certificates: [keystoreEntry(`${keystore.key}${keystore.chain}`)],
        refusedTokens: new Set(),
        bound: new Set([binding.thumbprint, identityBinding.thumbprint]),
        retrievedWith: keystore,
      });
    },
    async stop() {
      for (const standIn of all) await standIn.stop();
    },
  };
  services.reset();
  return services;
}

function refuseToken(res: ServerResponse, description: string): void {
  sendJson(
    res,
    401,
    { error: 'invalid_token', error_description: description },
    { 'www-authenticate': `Bearer realm="mtlsxsuaa", error="invalid_token", error_description="${description}"` },
  );
}

/** A keystore as the service sends it: the PEM text is encoded once more. */
export function keystoreEntry(pem: string, Name = keystoreName): Record<string, string> {
  return { Name, Content: Buffer.from(pem).toString('base64'), Type: 'CERTIFICATE' };
}

/** The credentials of the binding, as VCAP_SERVICES holds them. */
export function bindingCredentials(
  { xsuaa, xsuaaCertificate, destinationService, binding }: Services,
  kind: Credential['kind'],
): Record<string, unknown> {
  const common = { clientid: clientId, uri: destinationService.url, url: xsuaa.url, instanceid: 'instance' };
  return kind === 'secret'
    ? { ...common, 'credential-type': 'binding-secret', clientsecret: clientSecret }
    : {
        ...common,
        'credential-type': 'x509',
        certificate: binding.chain,
        key: binding.key,
        certurl: xsuaaCertificate.url,
      };
}

export function readTestCredential(services: Services, kind: Credential['kind']): Credential {
  const problems: string[] = [];
  const options = { dialect: xsuaaDialect, keySettings: 'X', providedKey: undefined };
  const credential = readCredential(bindingCredentials(services, kind), options, problems);
  if (credential === undefined) throw new Error(problems.join('; '));
  return credential;
}

/** The credentials of the binding of Identity, as VCAP_SERVICES holds them. */
export function identityCredentials(
  { identity, identityBinding }: Services,
  type: 'X509_GENERATED' | 'X509_PROVIDED' | 'SECRET' | 'NONE',
): Record<string, unknown> {
  return {
    clientid: identityClientId,
    url: identity.url,
    'credential-type': type,
    ...(type === 'SECRET' && { clientsecret: clientSecret }),
    ...(type.startsWith('X509') && { certificate: identityBinding.chain }),
    ...(type === 'X509_GENERATED' && { key: identityBinding.key }),
  };
}

export function readIdentityCredential(services: Services, kind: Credential['kind'] = 'certificate'): Credential {
  const problems: string[] = [];
  const credential = readCredential(
    identityCredentials(services, kind === 'secret' ? 'SECRET' : 'X509_GENERATED'),
    { dialect: identityDialect, keySettings: 'X', providedKey: undefined },
    problems,
  );
  if (credential === undefined) throw new Error(problems.join('; '));
  return credential;
}

/** A configuration with short time-outs, as `readConfig` would make it. */
export function createConfig(
  services: Services,
  change: Partial<Config> & { readonly kind?: Credential['kind'] } = {},
): Config {
  const { kind = 'certificate', ...overrides } = change;
  return {
    process: { port: 0, host: '127.0.0.1', logLevel: 'info', appName: 'frontendmtls', reloadCheckMs: 5000 },
    region: 'local',
    destinationName,
    destination: {
      bindingName: 'mtlsDestination',
      credential: readTestCredential(services, kind),
      serviceUrl: new URL(services.destinationService.url),
    },
    identity: { bindingName: 'clicreIas', client: readIdentityCredential(services) },
    oauth: undefined,
    xsuaa: undefined,
    userDestinationName: 'destination_for_user',
    sessions: { redis: undefined, idleMs: 60_000, requireLogin: false, instanceIndex: 0 },
    identityResources: [],
    backendUrl: new URL(services.certificateRoute.url),
    backendPlainUrl: new URL(services.plainRoute.url),
    demoAttacks: true,
    timeouts: { tokenMs: 3000, destinationMs: 3000, backendMs: 3000 },
    cacheAges: { tokenMs: 86_400_000, destinationMs: 300_000 },
    maxSockets: 32,
    files: [],
    ...overrides,
  };
}

export function cardOf({ x509, thumbprint }: Issued): Partial<CertificateCard> {
  return { 'x5t#S256': thumbprint, notAfter: new Date(x509.validTo).toISOString() };
}

function keyLine({ key }: Issued): string {
  return key.split('\n')[1] ?? '';
}

export { hang };
