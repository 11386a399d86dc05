import type { UserClient } from '../token-core/authorization';
import type { RefreshTokenRenewal } from '../token-core/refresh-tokens';
import type { Instance } from './instance';
import type { SubjectAttribute } from './instance-parameters';
import { DEFAULT_REFRESH_VALIDITY_S, DEFAULT_TOKEN_VALIDITY_S, defaultGrantTypes } from './oauth2-configuration';
import { XSUAA_CLIENT_ID } from './tenant';

/** An application as a target of app-to-app calls. */
export interface Provider {
  readonly instanceId: string;
  /** Of the service instance; the consumer's name for the dependency. */
  readonly name: string;
  readonly clientId: string;
  /** Names of its `provided-apis`. */
  readonly apis: readonly string[];
}

/** An OAuth client as the tenant's endpoints see it. */
export interface IdentityClient extends UserClient {
  /** Client ids that a token names as its audience, unless it asks for one application by `resource`. */
  readonly audience: readonly string[];
  /** The applications of `consumed-services`, and the client's own. */
  readonly providers: readonly Provider[];
  readonly tokenValidityS: number;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly refreshTokens: RefreshTokenPolicy;
  /** The attributes of a user that the claim `sub` is taken from, the first that the user has. */
  readonly subject: readonly SubjectAttribute[];
}

export interface RefreshTokenPolicy {
  /** Seconds; 0 for none. */
  readonly validityS: number;
  readonly renewal: RefreshTokenRenewal;
  /** How many there may be for one login. */
  readonly parallel: number;
}

/** Describes the client of an instance; `instances` are all of the tenant. */
export function describeClient(instance: Instance, instances: ReadonlyMap<string, Instance>): IdentityClient {
  const { clientId, parameters } = instance;
  const configuration = parameters['oauth2-configuration'];
  const policy = configuration['token-policy'];
  const consumed = instance.consumed.flatMap((id) => instances.get(id) ?? []);
  return {
    clientId,
    instanceId: instance.id,
    ...describeGrants(configuration['grant-types'] ?? defaultGrantTypes),
    audience: [
      clientId,
      ...consumed.map((provider) => provider.clientId),
      ...(parameters['xsuaa-cross-consumption'] ? [XSUAA_CLIENT_ID] : []),
    ],
    providers: [...consumed, instance].map(describeProvider),
    tokenValidityS: policy?.['token-validity'] ?? DEFAULT_TOKEN_VALIDITY_S,
    redirectUris: configuration['redirect-uris'] ?? [],
    postLogoutRedirectUris: configuration['post-logout-redirect-uris'] ?? [],
    refreshTokens: {
      validityS: policy?.['refresh-validity'] ?? DEFAULT_REFRESH_VALIDITY_S,
      renewal: policy?.['refresh-usage-after-renewal'] ?? 'off',
      parallel: policy?.['refresh-parallel'] ?? 1,
    },
    subject: describeSubject(parameters),
  };
}

/** One grant type of the configuration is another one with a condition. */
function describeGrants(types: readonly string[]): Pick<IdentityClient, 'grantTypes' | 'requiresProof'> {
  const grantTypes = new Set(types);
  const requiresProof = grantTypes.delete('authorization_code_pkce_s256');
  return requiresProof ? { grantTypes: grantTypes.add('authorization_code'), requiresProof } : { grantTypes };
}

function describeSubject({ 'subject-name-identifier': identifier }: Instance['parameters']): SubjectAttribute[] {
  const { attribute = 'userUuid', 'fallback-attribute': fallback = 'none' } = identifier ?? {};
  return fallback === 'none' ? [attribute] : [attribute, fallback];
}

function describeProvider({ id, name, clientId, parameters }: Instance): Provider {
  return { instanceId: id, name, clientId, apis: parameters['provided-apis'].map((api) => api.name) };
}
