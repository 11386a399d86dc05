import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, errors as engineErrors, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { noteRequest } from '../listener';
import type { SigningKey } from '../token-core/signing-key';
import { paths, type AuthorizationServerAddresses } from './addresses';
import { createClientPolicy } from './client-policy';
import { createClientStore } from './client-store';
import { createIntrospection } from './introspection';
import { createKeySetFetch } from './fetch-key-set';
import { clientAuthMethods, scopes } from './metadata';
import { configureMutualTls } from './mutual-tls';
import { reportToJournal } from './report';

export interface ProviderOptions {
  readonly addresses: AuthorizationServerAddresses;
  readonly signingKey: SigningKey;
  /** The root that a client's `jwks_uri` is trusted by, beside those of Node. */
  readonly rootPem: string;
  /** Resource identifiers (RFC 8707), which become audiences; the first is that of a request which names none. */
  readonly resources: readonly [string, ...string[]];
  readonly now: () => number;
}

/** Answers at the endpoints of tokens, introspection and registration. */
export type ProviderHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

type Errors = typeof engineErrors;

const TOKEN_VALIDITY_S = 3600;

/**
 * Loads the engine and creates its handler. Loading takes a quarter of a second, which a landscape whose reader follows
 * another tutorial need not spend.
 */
export async function createProvider(options: ProviderOptions): Promise<ProviderHandler> {
  const { Provider, errors } = await loadEngine();
  const provider = new Provider(options.addresses.issuer, configure(options, errors));
  // Koa would print that a client hung up.
  provider.silent = true;
  provider.use(finishAnswer);
  provider.use(createIntrospection(provider, options));
  reportToJournal(provider, options.addresses);
  return provider.callback();
}

/** The engine prints a warning on Node 20, which it runs on, in the middle of whatever the landscape is telling. */
async function loadEngine() {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

/** Notes what nobody foresaw, and adds to the headers of answers that nobody may keep. */
async function finishAnswer(ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> {
  try {
    await next();
  } catch (error) {
    noteRequest(ctx.req, `unexpected ${String(error)}`);
    ctx.status = 500;
    ctx.body = { error: 'server_error', error_description: 'Internal Server Error' };
  }
  // RFC 6749 §5.1 wants both.
  if (ctx.response.get('cache-control') === 'no-store') ctx.set('pragma', 'no-cache');
}

function configure(options: ProviderOptions, errors: Errors): Configuration {
  const { signingKey, rootPem, now } = options;
  return {
    adapter: createClientStore(createClientPolicy(errors)),
    jwks: { keys: [{ ...signingKey.exportPrivateJwk(), kid: signingKey.kid, alg: 'RS256', use: 'sig' }] },
    routes: { token: paths.token, introspection: paths.introspection, registration: paths.registration },
    // Both take a secret, so that one in the body beside a Basic header is seen and refused (RFC 6749 §2.3).
    clientAuthMethods: [...clientAuthMethods],
    clientDefaults: { grant_types: ['client_credentials'], response_types: [] },
    responseTypes: [],
    scopes: [...scopes],
    ttl: { ClientCredentials: TOKEN_VALIDITY_S },
    features: configureFeatures(options, errors),
    formats: {
      customizers: {
        // The engine counts by the machine's clock, the landscape by its own.
        jwt: (_ctx, token, { payload }) => {
          const issuedAt = Math.floor(now() / 1000);
          Object.assign(payload, { iat: issuedAt, exp: issuedAt + token.expiration });
        },
      },
    },
    clientBasedCORS: () => false,
    renderError: (ctx, out) => {
      ctx.body = out;
    },
    fetch: createKeySetFetch(rootPem),
  };
}

function configureFeatures(options: ProviderOptions, errors: Errors): NonNullable<Configuration['features']> {
  const [defaultResource] = options.resources;
  return {
    clientCredentials: { enabled: true },
    mTLS: configureMutualTls({ errors, now: options.now }),
    introspection: { enabled: true },
    // Open to whoever reaches this machine's loopback (RFC 7591 §3); a web page does not: its browser asks first, in vain.
    registration: { enabled: true, initialAccessToken: false },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => defaultResource,
      getResourceServerInfo: (ctx, resource) => {
        if (!options.resources.includes(resource))
          throw new errors.InvalidTarget(`the resource is not known; known: ${options.resources.join(', ')}`);
        checkScopes(ctx.oidc.requestParamScopes, errors);
        return describeResource(resource);
      },
    },
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
  };
}

/** The engine leaves unknown scopes out silently, and an answer cannot say "none" (RFC 6749 §3.3). */
function checkScopes(requested: ReadonlySet<string>, { InvalidScope }: Errors): void {
  for (const scope of requested)
    if (!scopes.some((known) => known === scope))
      throw new InvalidScope(`unknown scope; known: ${scopes.join(' ')}`, scope);
}

function describeResource(audience: string): ResourceServer {
  return { audience, scope: scopes.join(' '), accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
}
