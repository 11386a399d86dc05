import type { RegisteredClient } from '../token-core/client-registry';
import type { Instance } from './instance';
import { DEFAULT_TOKEN_VALIDITY_S, defaultGrantTypes } from './oauth2-configuration';
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
export interface IdentityClient extends RegisteredClient {
  /** Client ids that a token names as its audience, unless it asks for one application by `resource`. */
  readonly audience: readonly string[];
  /** The applications of `consumed-services`, and the client's own. */
  readonly providers: readonly Provider[];
  readonly tokenValidityS: number;
}

/** Describes the client of an instance; `instances` are all of the tenant. */
export function describeClient(instance: Instance, instances: ReadonlyMap<string, Instance>): IdentityClient {
  const { clientId, parameters } = instance;
  const configuration = parameters['oauth2-configuration'];
  const consumed = instance.consumed.flatMap((id) => instances.get(id) ?? []);
  return {
    clientId,
    grantTypes: new Set(configuration['grant-types'] ?? defaultGrantTypes),
    audience: [
      clientId,
      ...consumed.map((provider) => provider.clientId),
      ...(parameters['xsuaa-cross-consumption'] ? [XSUAA_CLIENT_ID] : []),
    ],
    providers: [...consumed, instance].map(describeProvider),
    tokenValidityS: configuration['token-policy']?.['token-validity'] ?? DEFAULT_TOKEN_VALIDITY_S,
  };
}

function describeProvider({ id, name, clientId, parameters }: Instance): Provider {
  return { instanceId: id, name, clientId, apis: parameters['provided-apis'].map((api) => api.name) };
}
